import './value.css'

/**
 * A name in as much room as there is. What does not fit is left out at its end: a name says who or
 * what in its beginning. An ARN or id keeps both ends (Middle).
 */
export function Ending({ text }: { text: string }) {
  return (
    <span className="claviger-ending" title={text}>
      {text}
    </span>
  )
}
