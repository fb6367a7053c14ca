/**
 * Time as this process can trust it: ms that only grow, and a way to be called later.
 * Handed in, so that tests own it.
 */
export type Clock = { now: () => number; later: (ms: number, run: () => void) => void }

export const machineClock: Clock = {
  // Two clocks, because the monotonic one stands still while a laptop sleeps and
  // the other can be set back.
  now: (() => {
    let last = 0
    let monotonic = performance.now()
    let wall = Date.now()
    return () => {
      const [m, w] = [performance.now(), Date.now()]
      last += Math.max(m - monotonic, w - wall, 0)
      monotonic = m
      wall = w
      return last
    }
  })(),
  later: (ms, run) => void setTimeout(run, ms),
}

export const leaseMs = 6_000
/**
 * A call is not sent in the last part of a lease: it must have reached AWS, and its second must be
 * over, before another process can have the token. One second for the window, the rest for the way.
 */
const lastSendMs = leaseMs - 2_500

type Waiter = { take: () => void; signal?: AbortSignal }

/**
 * The tokens of one quota row that this process holds. A token is one call a second: taken before
 * the call is sent, free again one second after its answer. So any second at the server sees at
 * most as many calls as there are tokens, whatever the latency.
 */
export class Bucket {
  /** What the lease says. */
  leased = 0
  /** How many of them may be used; the rest is on its way back. */
  usable = 0
  /** Calls under way, and answered ones whose second is not over. */
  held = 0
  throttled = false
  private leasedAt = -Infinity
  private readonly waiting: Waiter[] = []

  constructor(
    private readonly clock: Clock,
    private readonly coolMs: number,
    private readonly onDemand: () => void,
  ) {}

  get queued(): number {
    return this.waiting.length
  }

  /**
   * Resolves when one call may be sent. Rejects with the signal's reason when that ends the wait.
   */
  take(signal?: AbortSignal): Promise<void> | undefined {
    if (this.waiting.length === 0 && this.grab()) return undefined
    signal?.throwIfAborted()
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        take: () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        },
        signal,
      }
      const abort = () => {
        const at = this.waiting.indexOf(waiter)
        if (at >= 0) this.waiting.splice(at, 1)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.waiting.push(waiter)
      this.onDemand()
    })
  }

  /**
   * The answer is here, or will never be (`extraMs` later then: it may still be on its way to AWS).
   */
  give(extraMs = 0): void {
    this.clock.later(this.coolMs + extraMs, () => {
      this.held -= 1
      this.drain()
    })
  }

  /** What was agreed with the other processes by a renewal that began at `since`. */
  renew(since: number, leased: number, usable: number): void {
    this.leased = leased
    this.usable = usable
    this.leasedAt = since
    this.drain()
  }

  /**
   * What to say in a renewal. It lowers what may be used, so that what the renewal gives
   * back is not in use when another gets it; which holds only while the next renewal begins
   * after the last one's `renew`.
   */
  offer(): { want: number; keep: number } {
    const demand = this.held + this.waiting.length
    // Twice the demand while calls wait; slowly less when none do, so that short
    // pauses cost no round trip.
    const want =
      this.waiting.length > 0 ? demand * 2 : Math.max(demand, Math.floor(this.leased * 0.7))
    this.usable = Math.min(this.usable, want)
    return { want, keep: Math.max(this.held, this.usable) }
  }

  private grab(): boolean {
    if (this.held >= this.usable || this.clock.now() - this.leasedAt >= lastSendMs) return false
    this.held += 1
    return true
  }

  private drain(): void {
    while (this.waiting.length > 0 && this.grab()) this.waiting.shift()?.take()
  }
}
