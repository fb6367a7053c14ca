import type { ExternalReach } from './external'

/** What a decision about a fact is worth now, in the order in which it waits for somebody. */
export const reviewStates = ['unreviewed', 'ended', 'changed', 'toFix', 'accepted'] as const
export type ReviewState = (typeof reviewStates)[number]

export type Review = {
  decision: 'accepted' | 'toFix'
  reason: string
  until: string | null
  by: string
  at: string
}
export type ExternalRow = ExternalReach & {
  key: { accountId: string; accountName: string; region: string; keyId: string; aliases: string[] }
  /** Since when the principal reaches the key, as far as known. */
  since: string
  evaluatedAt: string
  state: ReviewState
  /** The newest, ended or outdated ones too. */
  review: Review | null
}
