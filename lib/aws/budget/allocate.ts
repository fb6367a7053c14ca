/**
 * How one budget is divided over the processes that want calls of it. Pure, so that the guarantee
 * can be tried in simulation: the sum of all leases never rises above `limit`.
 */

export type OtherLease = { holder: string; tokens: number; want: number }
export type Asking = {
  holder: string
  /** Tokens it could use. */
  want: number
  /** Tokens it may be using right now and therefore cannot give back yet. */
  keep: number
  /** What its unexpired lease says; 0 when it has none. */
  leased: number
}
/**
 * `tokens` is what the lease says from now on; `usable` how many of them to use: the rest
 * goes back as it comes free.
 */
export type Allocation = { tokens: number; usable: number }

/** `turn` moves what cannot be divided evenly from holder to holder. */
export function allocate(
  limit: number,
  others: readonly OtherLease[],
  me: Asking,
  turn: number,
): Allocation {
  const target = findFairPart(limit, others, me, turn)
  const room = Math.max(0, limit - others.reduce((sum, other) => sum + other.tokens, 0))
  const tokens = Math.max(Math.min(me.keep, me.leased), Math.min(target, room))
  return { tokens, usable: Math.min(target, tokens) }
}

/** Everyone gets what is wanted, up to an even part of what the modest ones leave over. */
function findFairPart(
  limit: number,
  others: readonly OtherLease[],
  me: Asking,
  turn: number,
): number {
  const wanting = [...others, me]
    .filter((one) => one.want > 0)
    .sort((a, b) => (a.holder < b.holder ? -1 : 1))
  if (me.want <= 0) return 0
  let left = limit
  let open = wanting
  for (;;) {
    const even = Math.floor(left / open.length)
    const modest = open.filter((one) => one.want <= even)
    if (modest.length === 0)
      return even + (isNext(open, me.holder, left - even * open.length, turn) ? 1 : 0)
    if (modest.some((one) => one.holder === me.holder)) return me.want
    left -= modest.reduce((sum, one) => sum + one.want, 0)
    open = open.filter((one) => one.want > even)
  }
}

/** Whether this holder is among the `rest` that get one more in this turn. */
function isNext(
  open: readonly { holder: string }[],
  holder: string,
  rest: number,
  turn: number,
): boolean {
  const place = open.findIndex((one) => one.holder === holder)
  return (place + turn) % open.length < rest
}
