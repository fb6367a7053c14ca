/**
 * no, maybe (the request's context decides), unknown (an input we do not have decides),
 * yes. The order of the numbers is the algebra: `or` is the larger. Unknown outranks maybe,
 * as the precedence says.
 */
export const no = 0
export const maybe = 1
export const unknown = 2
export const yes = 3
export type Verdict = typeof no | typeof maybe | typeof unknown | typeof yes

export function or(a: Verdict, b: Verdict): Verdict {
  return a > b ? a : b
}

export function and(a: Verdict, b: Verdict): Verdict {
  if (a === no || b === no) return no
  if (a === yes) return b
  if (b === yes) return a
  return a > b ? a : b
}

export function not(a: Verdict): Verdict {
  return a === yes ? no : a === no ? yes : a
}
