import 'server-only'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import { toCanonical } from '../hash'
import { keyArnOf } from '../shared/describe'
import { judgeEnding, revokeGrant } from '../shared/grant-end'
import {
  describeEndImpact,
  existingState,
  goneWords,
  grantId,
  granteeOfFound,
  readExisting,
  shortId,
  type ExistingState,
} from '../shared/grant-existing'
import { nameOf } from '../shared/key-state'
import { sayMoment } from '../shared/moment'
import { traits } from './traits'

const text = (what: string, most: number) =>
  z.string().trim().min(1, `Say ${what}.`).max(most, `At most ${most} characters.`)
const input = z.strictObject({
  grantId,
  owner: text('who owns it', 200),
  reason: text('why it exists', 2_000),
})

/**
 * Gives a grant that nobody knows an owner, a reason and an end. Nothing is sent to AWS for
 * that: it is so once it is approved, if the grant is still as it was. At its end the grant is
 * revoked, as one of ours is.
 */
export const grantAdopt = defineKind<z.output<typeof input>, ExistingState, ExistingState>({
  traits,
  where: 'aws',
  input,
  state: existingState,
  settleSeconds: 0,
  role: { feature: 'grants', statements: [allow('Grants', ['kms:RevokeGrant'])] },
  sessionPolicy: ({ place }) => [
    { Effect: 'Allow', Action: ['kms:RevokeGrant'], Resource: [keyArnOf(place)] },
  ],
  calls: ({ place }) => [{ action: 'kms:RevokeGrant', resource: keyArnOf(place), atEnd: true }],
  read: (read, { place, input: { grantId: id } }) => readExisting(read, place, id),
  refuse: ({ grant }) => (grant ? null : goneWords),
  risk({ grant }, { endsAt }) {
    if (grant?.issuerClass === 'awsService' && endsAt)
      return {
        risk: 'high',
        reasons: [
          'At its end a grant of an AWS service is revoked: the resource it was made for can break.',
        ],
      }
    return {
      risk: endsAt ? 'medium' : 'low',
      reasons: [
        endsAt
          ? 'At its end whoever works through the grant is refused.'
          : 'Nothing changes in AWS.',
      ],
    }
  },
  title: ({ input: { grantId: id, owner }, key, place }) =>
    `Adopt grant ${shortId(id)} on ${nameOf(key, place)} for ${owner}`,
  impact({ grant }, { input: { owner, reason }, endsAt }) {
    const atEnd = describeEndImpact(grant)
    return {
      effects: [
        `${owner} answers for the grant to ${granteeOfFound(grant)} ` +
          `(${grant?.operations.join(', ') ?? 'unknown operations'}): ${reason}`,
        'Nothing changes in AWS now.',
        ...(endsAt
          ? [`It is revoked at ${sayMoment(endsAt)}.`, ...atEnd.effects]
          : ['It stays until somebody revokes it.']),
      ],
      warnings: endsAt ? atEnd.warnings : [],
    }
  },
  assess({ state: { grant }, baseline }) {
    if (!grant)
      return { is: 'drifted', words: 'AWS lists the grant no longer: there is nothing to adopt.' }
    if (toCanonical(grant) !== toCanonical(baseline.grant))
      return { is: 'drifted', words: 'The grant is not what it was when this was asked for.' }
    return { is: 'done', outcome: { grantId: grant.grantId } }
  },
  act: async () => {
    throw new Error('adopting a grant sends nothing to AWS')
  },
  undo: {
    confirm: true,
    words: ({ input: { grantId: id } }) => `The grant ${shortId(id)} is revoked.`,
    // Revoking what is gone harms nobody: the first call needs no look before it.
    read: async (read, { place, input: { grantId: id } }, _, sends) =>
      sends === 0 ? { grant: null } : readExisting(read, place, id),
    assess: ({ state: { grant }, ...sent }) =>
      sent.sends === 0 ? { is: 'ready' } : judgeEnding(grant, sent),
    async act(write, { place, input: { grantId: id } }) {
      await revokeGrant(write, place, id)
      return { grantId: id }
    },
  },
})
