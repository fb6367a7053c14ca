import type { Reader } from '@/lib/aws/clients'
import type { Tx } from '@/lib/db/client'
import type { Ending, SweepLease } from './lease'
import type { Tally } from './tally'

/** What an IAM action of the read role tells, and what is unknown without it: shown as it is. */
export type Need = { gives: string; without: string }

/**
 * Which of a worker's lanes it runs in. Apart, so that what takes hours (five last uses a second)
 * never keeps what takes seconds from beginning, and a key somebody waits for never waits behind
 * anything.
 */
export type Lane = 'asked' | 'quick' | 'keys' | 'slow' | 'trail'

/** All that there is to say of one sweep: a part of AWS that is read at one place. */
export type Sweep<Kind extends string = string> = {
  /** Stored: it never changes. */
  kind: Kind
  /**
   * Done per account and Region, per account ('' as Region), for the account that manages the
   * organization, or for one key of a Region when a person asks.
   */
  place: 'region' | 'account' | 'organization' | 'key'
  /** How often it comes due, in times of CLAVIGER_SYNC_INTERVAL_MINUTES; null: when asked only. */
  every: number | null
  /** The kind whose keys it goes over: it is queued by that sweep and waits for what it brings. */
  after?: string
  /** Higher first, among those of one lane. */
  priority: number
  lane: Lane
  /** The IAM actions of all that `run` calls: it can call nothing else. */
  needs: Readonly<Record<string, Need>>
  run: Runner
}

/** Keeps the kind's name as a type, so that what queues a sweep cannot misspell it. */
export const defineSweep = <const Kind extends string>(sweep: Sweep<Kind>): Sweep<Kind> => sweep

/** One sweep under way: what a runner reads with, and where it says how far it is. */
export type Run = {
  readonly lease: SweepLease
  /** The kind of sweep it follows, whose keys may still come. */
  readonly after: string | null
  readonly reader: Reader
  readonly signal: AbortSignal
  readonly tally: Tally
  /** Calls under way that find out for everyone whether an API is still refused. */
  readonly checks: Map<string, Promise<unknown>>
  progress: { itemsDone: number; itemsTotal: number | null }
  /**
   * The database's clock, ms: what observations are dated by, so that two
   * workers agree on what is newer.
   */
  now: () => number
  /**
   * An AWS call of this account and Region within the budget. Throws AwsProblem; and an Error for
   * an API that the sweep does not say it needs.
   */
  call: <T>(api: string, send: () => Promise<T>) => Promise<T>
  /** Queues the sweeps that follow this one, where they are due. */
  queueFollowers: () => Promise<void>
}

/** What a runner found; `conclude` runs in the transaction that ends the sweep. */
export type Outcome = Ending & { conclude?: (tx: Tx) => Promise<void> }
export type Runner = (run: Run) => Promise<Outcome>
