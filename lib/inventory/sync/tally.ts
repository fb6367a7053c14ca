import type { ProblemKind } from '@/lib/aws/problem'

/** ok: at least one answer and no refusal for all of it. `failed` is everything that is neither of the others. */
export type CoverageStatus = 'ok' | 'denied' | 'throttled' | 'unsupported' | 'failed'
type Counts = { calls: number; ok: number; denied: number; throttled: number; unsupported: number; failed: number; detail: string | null; denials: number }

/** Denials in a row, without a single success, after which an API counts as denied for all keys. */
const enoughDenials = 20
const enoughWideDenials = 3

/** What the calls of a sweep came to, per API: becomes Coverage, and tells when to stop asking what is always refused. */
export class Tally {
  readonly apis = new Map<string, Counts>()
  calls = 0
  throttled = 0
  /** Calls that ended without an answer: given up, or failed in a way that no fact explains. */
  failed = 0

  /** `doubted`: APIs that the last sweep found denied or missing for everything; one more such answer is enough to believe it. */
  constructor(readonly doubted: ReadonlySet<string> = new Set()) {}

  /** Counts one answer as it comes, throttled ones too. */
  note(api: string, outcome: 'ok' | ProblemKind, detail: string, accountWide: boolean): void {
    const counts = this.of(api)
    counts.calls += 1
    this.calls += 1
    if (outcome === 'ok' || outcome === 'notFound' || outcome === 'state') {
      counts.ok += 1
      counts.denials = 0
    } else if (outcome === 'denied') {
      counts.denied += 1
      counts.denials += accountWide ? enoughDenials / (this.doubted.has(api) ? 1 : enoughWideDenials) : 1
      counts.detail = detail
    } else if (outcome === 'throttled') {
      counts.throttled += 1
      this.throttled += 1
      counts.detail ??= detail
    } else if (outcome === 'unsupported') {
      // UnsupportedOperationException is about one key's type; every other kind of unsupported is about the endpoint.
      if (detail.startsWith('UnsupportedOperationException')) counts.ok += 1
      else counts.unsupported += 1
      counts.detail = detail
    } else {
      counts.detail = detail
    }
  }

  /** A call that was given up. */
  giveUp(api: string, detail: string): void {
    this.failed += 1
    const counts = this.of(api)
    counts.failed += 1
    counts.detail = detail
  }

  /** Why asking this API once more would only be refused once more; null while it may work. */
  hopeless(api: string): { status: 'denied' | 'unsupported'; detail: string } | null {
    const counts = this.apis.get(api)
    if (!counts || counts.ok > 0) return null
    if (counts.unsupported > 0) return { status: 'unsupported', detail: counts.detail ?? '' }
    return counts.denials >= enoughDenials ? { status: 'denied', detail: counts.detail ?? '' } : null
  }

  /** Whether it is still open if this API, refused to us last time, is refused again: then one call asks for all. */
  isDoubtful(api: string): boolean {
    return this.doubted.has(api) && (this.apis.get(api)?.ok ?? 0) === 0
  }

  statusOf(api: string): CoverageStatus {
    const counts = this.of(api)
    if (counts.ok > 0) return 'ok'
    if (counts.unsupported > 0) return 'unsupported'
    if (counts.denied > 0) return 'denied'
    return counts.failed === 0 && counts.throttled > 0 ? 'throttled' : 'failed'
  }

  private of(api: string): Counts {
    let counts = this.apis.get(api)
    if (!counts) this.apis.set(api, (counts = { calls: 0, ok: 0, denied: 0, throttled: 0, unsupported: 0, failed: 0, detail: null, denials: 0 }))
    return counts
  }
}
