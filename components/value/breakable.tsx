import { Fragment } from 'react'

/** A name that breaks into lines after "_" and "/", where a reader expects it. */
export function Breakable({ text }: { text: string }) {
  const parts = text.split(/(?<=[_/])/u)
  return (
    <>
      {parts.map((part, at) => (
        <Fragment key={`${at} ${part}`}>
          {at > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  )
}
