import type { PrincipalKind } from '../event'

/** Who was refused what on which key, as one account recorded it. */
export type DeniedGroup = {
  principal: string
  kind: PrincipalKind
  principalAccount: string | null
  key: string | null
  operation: string
  account: string
  region: string
  calls: number
  firstAt: string
  lastAt: string
  errors: readonly string[]
  /** The services it came through; empty: called directly. */
  via: readonly string[]
  /** It was refused before this period too, so it did not begin in it. */
  isOlder: boolean
}

export type DeniedCalls = {
  from: string
  to: string
  rows: readonly DeniedGroup[]
  /** Of all groups, and of their calls. */
  total: number
  calls: number
  waitingHours: number
}
