import type { TrailWindow } from '../../trail/window'

/** What was asked for, and the keys that it meant at that time. */
export type Parameters = {
  /** Days of UTC, the last one included: 2026-11-30 */
  from: string
  until: string
  accounts: readonly string[]
  keys: readonly string[]
  tag: { name: string; value: string } | null
  owner: string | null
  /** The ARNs of the keys that were found by these. */
  keyArns: readonly string[]
}

/** How often somebody did something with a key, and how it ended. */
export type Use = {
  key: string
  principalKind: string
  principal: string
  operation: string
  via: string | null
  resourceKind: string | null
  resource: string | null
  outcome: string
  error: string | null
  calls: number
  firstAt: string
  lastAt: string
}

/** From where a principal called. */
export type Network = {
  key: string
  principal: string
  sourceIp: string | null
  vpcEndpoint: string | null
  calls: number
}

type Approval = { by: string; decision: string; at: string }
/** A change of a key that was requested here and done in the period. */
export type ChangeMade = {
  key: string
  request: string
  requestId: string
  kind: string
  title: string
  requestedBy: string
  breakGlass: boolean
  appliedAt: string
  approvals: readonly Approval[]
}

/** A change of a key that CloudTrail saw, whoever made it. */
export type Mutation = {
  key: string
  at: string
  operation: string
  principal: string
  session: string | null
  account: string
  event: string
}

export type Covered = { accountId: string; region: string; window: TrailWindow }

/** What is hashed. Nothing of it says when it was made. */
export type Content = {
  version: 1
  parameters: Parameters
  coverage: readonly Covered[]
  uses: readonly Use[]
  /** Null: there were too many calls to look at each. */
  networks: readonly Network[] | null
  changes: readonly ChangeMade[]
  mutations: readonly Mutation[]
}

/** What a usage audit is called. */
export const numberOf = (number: number): string => `UA-${number}`

/** Returns the first moment of the period and the first after it. */
export function periodOf({ from, until }: Pick<Parameters, 'from' | 'until'>): [Date, Date] {
  const end = new Date(`${until}T00:00:00Z`)
  end.setUTCDate(end.getUTCDate() + 1)
  return [new Date(`${from}T00:00:00Z`), end]
}

/** Sums calls: of a page's figures and of what stands in the list. */
export const callsOf = (uses: readonly Pick<Use, 'calls'>[]): number =>
  uses.reduce((sum, { calls }) => sum + calls, 0)
