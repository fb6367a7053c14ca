import type { Why } from './origin'

/** What somebody said to it; `before` of what happened before its account was connected. */
export const outOfBandStates = ['open', 'explained', 'accepted', 'before'] as const
export type OutOfBandState = (typeof outOfBandStates)[number]

/** SQL of the state of a mutation (m) whose review is v. */
export const reviewState = (m: string): string =>
  `CASE WHEN ${m}.origin = 'before' THEN 'before' ELSE coalesce(v."decision", 'open') END`

export const stateWords: Readonly<Record<OutOfBandState, string>> = {
  open: 'Not reviewed',
  explained: 'Explained',
  accepted: 'Accepted',
  before: 'Before the account was connected',
}

/** By which rule it is of no change, in a sentence. */
export const whyWords: Readonly<Record<Why, string>> = {
  byChange: 'A change requested here made it.',
  service: 'AWS or one of its services did it by itself.',
  serviceGrant: 'An AWS service created the grant, for what somebody does with that service.',
  otherAccountsKey: 'The key is of another account, whose own record counts.',
  beforeConnected: 'It happened before the account was connected here.',
  byOthers: 'No change requested here made it.',
  writeRoleAlone: 'The role for changes did it, outside of any change requested here.',
  notAsSent:
    'It was done in the name of a change, and differs from what that change does: in its ' +
    'operation, key, person or time.',
  moreThanSent: 'It was done in the name of a change, more often than calls of it left here.',
  borrowedName: 'It bears the ID of a change, and was not done by the role for changes.',
}

/** A row of the table, as JSON carries it. */
export type OutOfBandRow = {
  id: string
  time: string
  operation: string
  state: OutOfBandState
  why: Why
  principal: string
  principalKind: string
  session: string | null
  key: string | null
  account: string
  region: string
  event: string
  reason: string | null
  reviewedBy: string | null
  reviewedAt: string | null
}
