import type { CountsOverTime } from '../../table/over-time'
import type { Outcome, PrincipalKind } from '../event'
import type { TrailWindow } from '../window'

/** Who used a key, as one account recorded it. */
export type UserOfKey = {
  principal: string
  kind: PrincipalKind
  principalAccount: string | null
  /** The account whose record says so; of a call between two accounts each has one. */
  recordedBy: string
  calls: number
  denied: number
  failed: number
  firstAt: string
  lastAt: string
  operations: readonly string[]
  via: readonly string[]
  /** Some names of sessions, of the last hour it was seen in. */
  sessions: readonly string[]
}

/** How often the calls of a key had one value: an operation, a service, a resource. */
export type PartOfUsage = {
  value: string
  /** Of a resource. */
  kind: string | null
  calls: number
  firstAt: string
  lastAt: string
}

/** The parts that were found most often, and how many there are. */
export type Parts = { rows: readonly PartOfUsage[]; total: number }

export type NetworkOfUsage = {
  ip: string | null
  vpcEndpoint: string | null
  principals: number
  calls: number
  firstAt: string
  lastAt: string
}

type LastUse = { at: string; operation: string; principal: string }

/** What the trail says of a key in a period. Calls that were denied are calls. */
export type KeyUsage = {
  from: string
  to: string
  calls: Readonly<Record<Outcome, number>>
  byOperation: CountsOverTime
  byPrincipal: CountsOverTime
  users: { rows: readonly UserOfKey[]; total: number }
  operations: Parts
  services: Parts
  resources: Parts
  /** Of the newest calls alone, where there are more. */
  networks: { rows: readonly NetworkOfUsage[]; looked: number; isCut: boolean }
  /** The last cryptographic operation that succeeded, in all that the trail has of the key. */
  lastUse: LastUse | null
  /** What sources saw of it, as far as it is settled. */
  window: TrailWindow
  /** Hours that wait to be counted again. */
  waitingHours: number
}
