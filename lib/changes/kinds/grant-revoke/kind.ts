import 'server-only'
import { RevokeGrantCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import { toCanonical } from '../hash'
import { keyArnOf } from '../shared/describe'
import { judgeEnding, revokeGrant } from '../shared/grant-end'
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
 * RevokeGrant, done as soon as KMS no longer lists the grant; a second call says NotFound, which is
 * no failure (lib/changes/README.md, "Effect once"). It cannot be undone.
 */
export const grantRevoke = defineKind<z.output<typeof input>, ExistingState>({
  traits,
  where: 'aws',
  input,
  state: existingState,
  settleSeconds: 0,
  confirm: true,
  role: { feature: 'grants', statements: [allow('Grants', ['kms:RevokeGrant'])] },
  sessionPolicy: ({ place }) => [
    { Effect: 'Allow', Action: ['kms:RevokeGrant'], Resource: [keyArnOf(place)] },
  ],
  calls: ({ place }) => [{ action: 'kms:RevokeGrant', resource: keyArnOf(place) }],
  read: (read, { place, input: { grantId: id } }) => readExisting(read, place, id),
  refuse: ({ grant }) => (grant ? null : goneWords),
  risk: ({ grant }) => endingRisk(grant),
  title: ({ input: { grantId: id }, key, place }) =>
    `Revoke grant ${shortId(id)} on ${nameOf(key, place)}`,
  impact: ({ grant }) => describeEndImpact(grant),
  dryRun: (dry, { place, input: { grantId: GrantId } }) =>
    dry.kms('kms:RevokeGrant', (kms) =>
      kms.send(new RevokeGrantCommand({ KeyId: keyArnOf(place), GrantId, DryRun: true })),
    ),
  assess({ state: { grant }, baseline, ...sent }) {
    if (grant && toCanonical(grant) !== toCanonical(baseline.grant))
      return { is: 'drifted', words: 'The grant is not what it was when this was asked for.' }
    return judgeEnding(grant, sent)
  },
  async act(write, { place, input: { grantId: id } }) {
    await revokeGrant(write, place, id)
    return { grantId: id }
  },
})
