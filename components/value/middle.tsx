'use client'

import './value.css'

/** How many characters at the end of a text tell it from others like it. */
const tailLength = 8

/**
 * An ARN or id in as much room as there is. What does not fit is left out in the middle,
 * never at the end: the end is what tells two of them apart.
 */
export function Middle({ text }: { text: string }) {
  if (text.length <= tailLength + 2) return <>{text}</>
  return (
    <span className="claviger-middle" title={text}>
      <span>{text.slice(0, -tailLength)}</span>
      <span>{text.slice(-tailLength)}</span>
    </span>
  )
}
