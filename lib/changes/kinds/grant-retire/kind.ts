import 'server-only'
import { RetireGrantCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { accountOf } from '../../../inventory/sync/grant-facts'
import { defineKind } from '../define'
import { toCanonical } from '../hash'
import { keyArnOf } from '../shared/describe'
import { judgeEnding } from '../shared/grant-end'
import {
  describeEndImpact,
  endingRisk,
  existingState,
  goneWords,
  grantId,
  readExisting,
  shortId,
  type ExistingState,
} from '../shared/grant-existing'
import { nameOf } from '../shared/key-state'
import { traits } from './traits'

const input = z.strictObject({ grantId })

/**
 * RetireGrant by key and id. The grant itself says who can: its retiring principal, a grantee with
 * RetireGrant and the account that made it; no key policy (lib/kms/README.md, "Grants"). Our role
 * belongs to the key's account, so that account must be one of the three; whether the account's
 * IAM lets the role do it is what the DryRun tells.
 */
export const grantRetire = defineKind<z.output<typeof input>, ExistingState>({
  traits,
  where: 'aws',
  input,
  state: existingState,
  settleSeconds: 0,
  confirm: true,
  role: { feature: 'grants', statements: [allow('Grants', ['kms:RetireGrant'])] },
  sessionPolicy: ({ place }) => [
    { Effect: 'Allow', Action: ['kms:RetireGrant'], Resource: [keyArnOf(place)] },
  ],
  calls: ({ place }) => [{ action: 'kms:RetireGrant', resource: keyArnOf(place) }],
  read: (read, { place, input: { grantId: id } }) => readExisting(read, place, id),
  refuse: ({ grant }, { place }) => {
    if (!grant) return goneWords
    const grantee = grant.operations.includes('RetireGrant') ? grant.granteePrincipal : null
    const parties = [grant.issuingAccount, grant.retiringPrincipal, grantee].map((party) =>
      accountOf(party ?? undefined),
    )
    if (parties.includes(place.accountId)) return null
    return (
      `Nobody in account ${place.accountId} may retire this grant: only ` +
      `${[...new Set(parties.filter((party) => party !== null))].join(' and ') || 'its service'} ` +
      'may. Revoke it instead.'
    )
  },
  risk: ({ grant }) => endingRisk(grant),
  title: ({ input: { grantId: id }, key, place }) =>
    `Retire grant ${shortId(id)} on ${nameOf(key, place)}`,
  impact: ({ grant }) => describeEndImpact(grant),
  dryRun: (dry, { place, input: { grantId: GrantId } }) =>
    dry.kms('kms:RetireGrant', (kms) =>
      kms.send(new RetireGrantCommand({ KeyId: keyArnOf(place), GrantId, DryRun: true })),
    ),
  assess({ state: { grant }, baseline, ...sent }) {
    if (grant && toCanonical(grant) !== toCanonical(baseline.grant))
      return { is: 'drifted', words: 'The grant is not what it was when this was asked for.' }
    return judgeEnding(grant, sent)
  },
  async act(write, { place, input: { grantId: GrantId } }) {
    await write.kms('kms:RetireGrant', (kms) =>
      kms.send(new RetireGrantCommand({ KeyId: keyArnOf(place), GrantId })),
    )
    return { grantId: GrantId }
  },
})
