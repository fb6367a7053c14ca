import type { Grant } from '../db/generated/browser'
import type { Plain } from '../inventory/plain'
import type { ChangeStatus } from '../change-status'
import type { GranteeExists, GrantFlag, Known } from './flags'

/** A request as a grant's row names it. */
export type Because = {
  requestId: string
  number: number
  changeId: string
  /** It adopted the grant, which somebody else had made. */
  adopted: boolean
  status: ChangeStatus
  justification: string
  owner: string | null
  reason: string | null
}
export type Cause = {
  /** The newest change of ours that this grant came from or was adopted by; null: none. */
  cause: Because | null
  /** A request to end it that is sent and not at rest. */
  ending: { requestId: string; number: number } | null
}
/** A grant as the tables of grants show it. */
export type GrantsRow = Omit<Plain<Grant>, 'issuerClass'> & {
  keyId: string
  alias: string | null
  accountName: string
  crossAccount: CrossAccount
  issuerClass: 'awsService' | 'human' | 'claviger'
  flags: GrantFlag[]
  broad: string[]
  /** Grants of this key like it, itself included. */
  copies: number
  showsUniqueId: boolean
  granteeExists: GranteeExists
  known: Known
  /** When a change of ours ends it; null: none does. */
  endsAt: string | null
} & Cause
/** notApplicable: the grantee is an AWS service. */
type CrossAccount = 'yes' | 'no' | 'notApplicable' | 'unknown'
