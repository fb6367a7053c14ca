import type { Grant } from '../db/generated/browser'
import type { Plain } from '../inventory/plain'
import type { Cause } from './causes'
import type { GranteeExists, GrantFlag, Known } from './flags'

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
