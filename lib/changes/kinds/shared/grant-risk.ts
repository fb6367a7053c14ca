/**
 * Rates what is at stake with a grant: the rules for approvals ask for more where data becomes
 * readable or a grant can be passed on. The grades are ours. Pure.
 */
import type { About } from '../kind'
import type { Risk } from '../../rules/rule'
import type { GrantInput } from './grant-input'
import { scopeOf } from './grant-impact'
import type { GrantOperationName } from '../../../kms/grant-operations'

export type Weighed = { risk: Risk; reasons: readonly string[] }

/** What makes data readable that was not meant for the grantee, if nothing else narrows it. */
const reading: readonly GrantOperationName[] = [
  'Decrypt',
  'ReEncryptFrom',
  'Decapsulate',
  'DeriveSharedSecret',
]
/** Changes nothing and makes nothing that others will trust. */
const harmless: readonly GrantOperationName[] = [
  'DescribeKey',
  'GetPublicKey',
  'Verify',
  'VerifyMac',
  'RetireGrant',
]

/** Rates a grant with the reasons of the highest grade it reaches. */
export function riskOfGrant({
  input,
  place,
  endsAt,
}: Pick<About<GrantInput>, 'input' | 'place' | 'endsAt'>): Weighed {
  const high = listHigh(input, place.accountId)
  if (high.length > 0) return { risk: 'high', reasons: high }
  const medium = listMedium(input, endsAt)
  if (medium.length > 0) return { risk: 'medium', reasons: medium }
  return {
    risk: 'low',
    reasons: ['It is for the key’s own account and lets nobody make anything with the key.'],
  }
}

function listHigh(input: GrantInput, accountId: string): string[] {
  const { foreignAccount, wholeAccount, bound } = scopeOf(input, accountId)
  const unbound = input.operations.filter((operation) => reading.includes(operation) && !bound)
  return [
    ...(foreignAccount === null ? [] : [`It is for another account, ${foreignAccount}.`]),
    ...(input.operations.includes('CreateGrant')
      ? ['CreateGrant lets the grantee pass on what it holds.']
      : []),
    ...(unbound.length === 0
      ? []
      : [`${unbound.join(', ')} without a constraint: everything under this key can be read.`]),
    ...(wholeAccount ? ['It is for a whole account, not for one role or user.'] : []),
  ]
}

function listMedium(input: GrantInput, endsAt: string | null): string[] {
  const active = input.operations.filter(
    (operation) => !harmless.includes(operation) && !reading.includes(operation),
  )
  return [
    ...(active.length === 0 ? [] : [`It lets the grantee use the key: ${active.join(', ')}.`]),
    ...(input.granteeServicePrincipal === null ? [] : ['It is for an AWS service.']),
    ...(endsAt ? [] : ['It has no end.']),
  ]
}
