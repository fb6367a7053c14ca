/**
 * Faults asked for by `PUT /_sandbox/faults`. All but `latencyMs` are probabilities from 0 to
 * 1, drawn per call from the seeded generator. The first entry that names the operation (or
 * `*`) is the one that counts.
 */
export type Fault = {
  operation: string
  throttle?: number
  error5xx?: number
  latencyMs?: number
  /** The effect happens, the connection is destroyed without an answer. */
  lostAfterEffect?: number
  /** A list answers with fewer items than it could, and `Truncated`. */
  shortPage?: number
}

export type Drawn = {
  throttle: boolean
  error5xx: boolean
  latencyMs: number
  lostAfterEffect: boolean
  shortPage: boolean
}

const noFault: Drawn = {
  throttle: false,
  error5xx: false,
  latencyMs: 0,
  lostAfterEffect: false,
  shortPage: false,
}

export function drawFault(faults: Fault[], operation: string, random: () => number): Drawn {
  const fault = faults.find((entry) => entry.operation === operation || entry.operation === '*')
  if (!fault) return noFault
  const hit = (probability: number | undefined) =>
    probability !== undefined && probability > 0 && random() < probability
  return {
    throttle: hit(fault.throttle),
    error5xx: hit(fault.error5xx),
    latencyMs: fault.latencyMs ?? 0,
    lostAfterEffect: hit(fault.lostAfterEffect),
    shortPage: hit(fault.shortPage),
  }
}

/** mulberry32: small, seeded, good enough to choose victims. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
