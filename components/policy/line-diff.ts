// Not from 'diff' itself, all of which would come into the page: it is not marked free of side
// effects.
import { diffArrays } from 'diff/lib/diff/array.js'

type Line = { sign: '+' | '-' | ' '; text: string }

/** Time grows with the square of the lines that differ; nobody reads so many one by one. */
const maxEditLength = 2_000

/** Returns two texts line by line, for paper; what differs in too much is taken and added whole. */
export function lineDiff(before: string, after: string): Line[] {
  const [old, now] = [before.split('\n'), after.split('\n')]
  const parts = diffArrays(old, now, { maxEditLength }) ?? [
    { value: old, removed: true, added: false },
    { value: now, removed: false, added: true },
  ]
  return parts.flatMap(({ value, added, removed }) => {
    const sign = added ? '+' : removed ? '-' : ' '
    return value.map((text): Line => ({ sign, text }))
  })
}
