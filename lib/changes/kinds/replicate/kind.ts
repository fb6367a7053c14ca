import 'server-only'
import { ReplicateKeyCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import {
  allow,
  keepsLockoutCheck,
  marked,
  ofMarked,
  serviceRole,
} from '../../../accounts/write-role'
import { defineKind } from '../define'
import type { About, AwsCall, AssessFacts, Observation, Impact, Statement } from '../kind'
import { describeKeyCost } from '../shared/cost'
import { keyArnOf, refuseForManager } from '../shared/describe'
import { descriptionText } from '../description/kind'
import {
  inRegion,
  multiRegionState,
  readMultiRegion,
  regionName,
  type MultiRegionState,
} from '../shared/multi-region-state'
import {
  defaultPolicyOf,
  defaultPolicyWords,
  keyPolicyText,
  warnOfPolicy,
} from '../shared/key-policy-text'
import { riskOfPolicy } from '../policy-put/risk'
import { serviceRoleStatement } from '../shared/service-role'
import { driftedTo, nameOf, waitWhile } from '../shared/key-state'
import { isPassing, refuseState } from '../shared/state-table'
import { changeTag, contextOfNewTags, tagKeysCondition, tagsOfNewKey } from '../shared/tags-state'
import { traits } from './traits'

const input = z.object({
  replicaRegion: regionName,
  description: descriptionText.default(''),
  policy: keyPolicyText.default(null),
  tags: tagsOfNewKey,
})
type Input = z.output<typeof input>

/**
 * ReplicateKey, which fails with AlreadyExists the second time. Done when the replica is there with
 * the change's id as a tag, and no longer Creating (lib/kms/README.md, "Multi-Region keys").
 */
export const replicate = defineKind<Input, MultiRegionState>({
  traits,
  where: 'aws',
  input,
  state: multiRegionState,
  settleSeconds: 30,
  role: {
    feature: 'multiRegion',
    statements: [
      allow('MultiRegion', ['kms:ReplicateKey']),
      allow('ReplicaKeys', ['kms:CreateKey'], {
        ...keepsLockoutCheck,
        StringEquals: { 'kms:MultiRegionKeyType': 'REPLICA' },
      }),
      allow('ReplicaTags', ['kms:TagResource'], marked),
      allow('ReplicaPolicies', ['kms:PutKeyPolicy'], ofMarked),
      serviceRole('MultiRegionRole', 'mrk.kms.amazonaws.com'),
    ],
  },
  sessionPolicy: limitSession,
  calls: ({ changeId, place, input: { replicaRegion, tags } }): readonly AwsCall[] => [
    {
      action: 'kms:ReplicateKey',
      resource: keyArnOf(place),
      context: { 'kms:ReplicaRegion': replicaRegion },
    },
    {
      action: 'kms:CreateKey',
      resource: '*',
      context: {
        'aws:RequestedRegion': replicaRegion,
        'kms:MultiRegion': true,
        'kms:MultiRegionKeyType': 'REPLICA',
        'kms:BypassPolicyLockoutSafetyCheck': false,
        ...contextOfNewTags(changeId, tags),
      },
    },
    {
      action: 'kms:TagResource',
      resource: '*',
      context: { 'aws:RequestedRegion': replicaRegion, ...contextOfNewTags(changeId, tags) },
    },
  ],
  read: (read, { place, input: { replicaRegion } }) => readMultiRegion(read, place, replicaRegion),
  refuse: ({ keyManager, role, keyState, regions }, { input: { replicaRegion } }) =>
    refuseForManager(keyManager) ??
    refuseRole(role) ??
    (regions.includes(replicaRegion) ? `This key is in ${replicaRegion} already.` : null) ??
    refuseState('ReplicateKey', keyState),
  // No less than putting such a policy on the key itself: what was encrypted under the
  // one is read with the other.
  risk: (_, { input: { policy, replicaRegion }, place }) => {
    const put =
      policy === null
        ? null
        : riskOfPolicy(defaultPolicyOf(place), policy, {
            keyArn: inRegion(place, replicaRegion),
            accountId: place.accountId,
          })
    return {
      risk: put?.risk === 'critical' ? 'critical' : 'high',
      reasons: [
        'The same key material exists in another Region too, where the key policy of this ' +
          'key does not hold: policy, grants, aliases and tags there are its own.',
        ...(put && put.risk !== 'medium' ? put.reasons : []),
      ],
    }
  },
  title: ({ input: { replicaRegion }, key, place }) =>
    `Replicate ${nameOf(key, place)} to ${replicaRegion}`,
  impact: describeReplica,
  assess: judgeReplica,
  async act(write, { place, changeId, input: { replicaRegion, description, policy, tags } }) {
    const call = new ReplicateKeyCommand({
      KeyId: keyArnOf(place),
      ReplicaRegion: replicaRegion,
      Description: description,
      Policy: policy ?? undefined,
      Tags: [
        ...Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
        { TagKey: changeTag, TagValue: changeId },
      ],
    })
    const { ReplicaKeyMetadata } = await write.kms('kms:ReplicateKey', (kms) => kms.send(call))
    return { keyArn: ReplicaKeyMetadata?.Arn ?? inRegion(place, replicaRegion) }
  },
})

/** Says why a key of this role in a multi-Region set cannot be replicated; null: it can. */
export function refuseRole(role: MultiRegionState['role']): string | null {
  if (role === 'single')
    return 'This is a single-Region key: AWS cannot make it multi-Region. Make a new key.'
  return role === 'replica'
    ? 'This is a replica: it is asked for at the primary key of its set.'
    : null
}

/**
 * Cuts the session to this replication. KMS sends CreateKey in the replica's Region by itself, and
 * IAM decides about it on resource `*` (lib/kms/README.md, "Operations and permissions").
 */
function limitSession({
  place,
  changeId,
  input: { replicaRegion, tags },
}: About<Input>): Statement[] {
  const there = {
    'aws:RequestedRegion': replicaRegion,
    'kms:MultiRegionKeyType': 'REPLICA',
    [`aws:RequestTag/${changeTag}`]: changeId,
  }
  return [
    {
      Effect: 'Allow',
      Action: ['kms:ReplicateKey'],
      Resource: [keyArnOf(place)],
      Condition: { StringEquals: { 'kms:ReplicaRegion': replicaRegion } },
    },
    {
      Effect: 'Allow',
      Action: ['kms:CreateKey'],
      Resource: '*',
      Condition: {
        StringEqualsIfExists: there,
        BoolIfExists: { 'kms:BypassPolicyLockoutSafetyCheck': 'false' },
      },
    },
    {
      Effect: 'Allow',
      Action: ['kms:TagResource'],
      Resource: '*',
      Condition: {
        StringEquals: { [`aws:RequestTag/${changeTag}`]: changeId },
        ...tagKeysCondition([...Object.keys(tags), changeTag]),
      },
    },
    // KMS makes no replica whose policy this very session could not put again (lib/kms/README.md,
    // "Key policies").
    {
      Effect: 'Allow',
      Action: ['kms:PutKeyPolicy'],
      Resource: [inRegion(place, replicaRegion)],
      Condition: { BoolIfExists: { 'kms:BypassPolicyLockoutSafetyCheck': 'false' } },
    },
    serviceRoleStatement('mrk.kms.amazonaws.com'),
  ]
}

function judgeReplica({
  about: {
    place,
    changeId,
    input: { replicaRegion },
  },
  state: now,
  baseline,
  sends,
}: AssessFacts<Input, MultiRegionState>): Observation {
  if (now.regions.includes(replicaRegion)) {
    if (now.otherState === null)
      return {
        is: 'wait',
        seconds: 3,
        words: `The set names a replica in ${replicaRegion} that AWS does not show there yet.`,
      }
    if (now.otherChange !== changeId) {
      return {
        is: 'drifted',
        words:
          `Somebody else has made a replica in ${replicaRegion} since this was asked for; ` +
          'its policy and tags are theirs.',
      }
    }
    if (now.otherState === 'Creating')
      return { is: 'wait', seconds: 3, words: `AWS is making the replica in ${replicaRegion}.` }
    return {
      is: 'done',
      outcome: { keyArn: inRegion(place, replicaRegion), keyState: now.otherState },
      already: sends === 0,
    }
  }
  if (isPassing(now.keyState)) return waitWhile(now.keyState)
  if (now.role !== baseline.role)
    return { is: 'drifted', words: 'This key is no longer the primary key of its set.' }
  return now.keyState === baseline.keyState
    ? { is: 'ready' }
    : driftedTo(baseline.keyState, now.keyState)
}

function describeReplica(
  { origin, keySpec, keyUsage }: MultiRegionState,
  { input, place: { accountId } }: About<Input>,
): Impact {
  const { replicaRegion, policy } = input
  return {
    effects: [
      `The same key, with the same id and material, is in ${replicaRegion} too.`,
      policy === null
        ? `There ${defaultPolicyWords.charAt(0).toLowerCase()}${defaultPolicyWords.slice(1)}`
        : 'There it has the key policy given here.',
      ...(origin === 'EXTERNAL'
        ? ['The replica is Pending import until the same key material is imported into it.']
        : []),
    ],
    warnings: [
      'Policy, grants, aliases, tags and state are not copied from the primary key and not kept alike.',
      ...warnOfPolicy(policy, { accountId, keySpec, keyUsage }),
      'Services of AWS that encrypt for you treat it as another key and encrypt anew.',
      'The primary key cannot be deleted while a replica is there.',
      ...describeKeyCost(),
    ],
    ...(policy === null ? {} : { diff: { language: 'json' as const, before: '', after: policy } }),
  }
}
