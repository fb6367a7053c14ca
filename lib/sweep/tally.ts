import type { ProblemKind } from '@/lib/aws/problem'

/**
 * What an API gave at a place. `ok`: all that was asked was answered. `partial`: it answers, yet
 * was denied or failed for some keys or pages. Anything else: it gave nothing, for this reason;
 * `failed` is every reason that has no name of its own.
 */
export type CoverageStatus = 'ok' | 'partial' | 'denied' | 'throttled' | 'unsupported' | 'failed'
type Counts = {
  calls: number
  ok: number
  denied: number
  throttled: number
  unsupported: number
  failed: number
  detail: string | null
  /** Denials in a row, an account-wide one weighing more. */
  denials: number
  /**
   * Whatever AWS said that shows that the operation works: not a throttle, not a failure inside.
   */
  answers: number
  /** How it fails, once it was found to fail every time; an answer takes that back. */
  brokenBy: string | null
}

/** Why an API is not asked any more in this sweep, and in AWS's words. */
export type AllFailed = { kind: 'denied' | 'unsupported' | 'unavailable'; detail: string }

/** Denials in a row, without a single success, after which an API counts as denied for all keys. */
const enoughDenials = 20
const enoughWideDenials = 3

/**
 * What the calls of a sweep came to, per API: becomes Coverage, and tells when to stop asking what
 * is always refused or always fails. The circuit breaker of a sweep: it is as wide as one API at
 * one place, and the next sweep begins with it closed.
 */
export class Tally {
  readonly apis = new Map<string, Counts>()
  calls = 0
  throttled = 0
  /** Calls that ended without an answer: given up, or failed in a way that no fact explains. */
  failed = 0

  /**
   * `doubted`: APIs that gave the last sweep nothing. One call at a time finds out for all whether
   * that is still so, and one account-wide denial is enough to believe it.
   */
  constructor(readonly doubted: ReadonlySet<string> = new Set()) {}

  /** Counts one answer as it comes, throttled ones too. */
  note(api: string, outcome: 'ok' | ProblemKind, detail: string, accountWide: boolean): void {
    const counts = this.of(api)
    counts.calls += 1
    this.calls += 1
    if (outcome !== 'throttled' && outcome !== 'unavailable') {
      counts.answers += 1
      counts.brokenBy = null
    }
    if (outcome === 'ok' || outcome === 'notFound' || outcome === 'state') {
      counts.ok += 1
      counts.denials = 0
    } else if (outcome === 'denied') {
      counts.denied += 1
      counts.denials += accountWide
        ? enoughDenials / (this.doubted.has(api) ? 1 : enoughWideDenials)
        : 1
      counts.detail = detail
    } else if (outcome === 'throttled') {
      counts.throttled += 1
      this.throttled += 1
      counts.detail ??= detail
    } else if (outcome === 'unsupported') {
      // UnsupportedOperationException is about one key's type; every other kind of
      // unsupported is about the endpoint.
      if (detail.startsWith('UnsupportedOperationException')) counts.ok += 1
      else counts.unsupported += 1
      counts.detail = detail
    } else {
      counts.detail = detail
    }
  }

  answersOf(api: string): number {
    return this.apis.get(api)?.answers ?? 0
  }

  /**
   * A call that was given up. `answersBefore`: for one that kept failing inside AWS, how many
   * answers its API had given when it began. If not one came meanwhile, to no caller of this sweep,
   * the API is broken and is not asked again.
   */
  giveUp(api: string, detail: string, answersBefore: number | null = null): void {
    this.failed += 1
    const counts = this.of(api)
    counts.failed += 1
    counts.detail = detail
    if (counts.answers === answersBefore) counts.brokenBy = detail
  }

  isBroken(api: string): boolean {
    return (this.apis.get(api)?.brokenBy ?? null) !== null
  }

  /**
   * Why asking this API once more would only be refused or fail once more; null while it might
   * work.
   */
  whyAllFailed(api: string): AllFailed | null {
    const counts = this.apis.get(api)
    if (!counts) return null
    if (counts.brokenBy !== null) return { kind: 'unavailable', detail: counts.brokenBy }
    if (counts.ok > 0) return null
    const detail = counts.detail ?? ''
    if (counts.unsupported > 0) return { kind: 'unsupported', detail }
    return counts.denials >= enoughDenials ? { kind: 'denied', detail } : null
  }

  /**
   * Whether it is still open if this API, of no use last time, is so again: then one call asks for
   * all.
   */
  isIncomplete(api: string): boolean {
    const counts = this.apis.get(api)
    if (!this.doubted.has(api) || !counts) return this.doubted.has(api)
    // Any other answer than a refusal, were it an odd one for one key, ends the doubt: the keys are
    // not asked one by one.
    return counts.ok === 0 && counts.answers === counts.denied + counts.unsupported
  }

  statusOf(api: string): CoverageStatus {
    const counts = this.of(api)
    if (counts.ok > 0) return counts.denied > 0 || counts.failed > 0 ? 'partial' : 'ok'
    if (counts.unsupported > 0) return 'unsupported'
    if (counts.denied > 0) return 'denied'
    return counts.failed === 0 && counts.throttled > 0 ? 'throttled' : 'failed'
  }

  private of(api: string): Counts {
    let counts = this.apis.get(api)
    if (!counts) {
      counts = {
        calls: 0,
        ok: 0,
        denied: 0,
        throttled: 0,
        unsupported: 0,
        failed: 0,
        detail: null,
        denials: 0,
        answers: 0,
        brokenBy: null,
      }
      this.apis.set(api, counts)
    }
    return counts
  }
}
