import { Fragment } from 'react'

/** A name that breaks into lines where a reader expects it: after "_" and "/", and in camelCase. */
export function Breakable({ text }: { text: string }) {
  const parts = text.split(/(?<=[_/])|(?<=[a-z])(?=[A-Z])/u)
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
