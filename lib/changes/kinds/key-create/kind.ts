import 'server-only'
import { CreateKeyCommand, DescribeCustomKeyStoresCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import {
  allow,
  keepsLockoutCheck,
  marked,
  ofMarked,
  serviceRole,
} from '../../../accounts/write-role'
import { defineKind } from '../define'
import type { About, AssessFacts, Observation, Impact, AwsReader, Statement } from '../kind'
import { describeKeyCost } from '../shared/cost'
import { descriptionText } from '../description/kind'
import { findCreatedKey } from './find'
import {
  defaultPolicyWords,
  delegatesReading,
  keyPolicyText,
  warnOfPolicy,
} from '../shared/key-policy-text'
import { doubtsAbout, origins, refusePlan, specs, usages } from '../../../kms/key-specs'
import { serviceRoleStatement } from '../shared/service-role'
import { changeTag, contextOfNewTags, tagKeysCondition, tagsOfNewKey } from '../shared/tags-state'
import { traits } from './traits'

const input = z.object({
  keySpec: z.enum(specs).default('SYMMETRIC_DEFAULT'),
  keyUsage: z.enum(usages).default('ENCRYPT_DECRYPT'),
  origin: z.enum(origins).default('AWS_KMS'),
  multiRegion: z.boolean().default(false),
  description: descriptionText.default(''),
  policy: keyPolicyText.default(null),
  tags: tagsOfNewKey,
  customKeyStoreId: z
    .string()
    .regex(/^cks-[\w-]{1,60}$/, 'A custom key store’s id begins with cks-.')
    .nullable()
    .default(null),
  xksKeyId: z
    .string()
    .regex(
      /^[a-zA-Z0-9._-]{1,128}$/,
      'An external key’s id has 1 to 128 letters, digits, . _ or -.',
    )
    .nullable()
    .default(null),
})
type Input = z.output<typeof input>

const state = z.object({
  store: z.object({ type: z.string(), connectionState: z.string() }).nullable(),
  /** The key that this very change made. */
  made: z.string().nullable(),
  /**
   * Keys of the Region that our role cannot read; looked for only after a
   * call may have reached AWS.
   */
  hidden: z.number(),
})
type State = z.output<typeof state>

/**
 * A key of an earlier call, whose answer was lost, was looked for before the last one: a day is far
 * more than AWS needs to show it.
 */
const lookBackMs = 86_400_000

/**
 * CreateKey, which makes another key each time it is called: the key carries the change's id as a
 * tag, by which it is looked for before any second try (lib/changes/README.md, "Effect once").
 */
export const keyCreate = defineKind<Input, State>({
  traits,
  where: 'aws',
  input,
  state,
  settleSeconds: 30,
  role: {
    feature: 'creation',
    statements: [
      allow('NewKeys', ['kms:CreateKey'], { ...keepsLockoutCheck, ...marked }),
      allow('NewKeyTags', ['kms:TagResource'], marked),
      allow('NewKeyPolicies', ['kms:PutKeyPolicy'], ofMarked),
      serviceRole('NewMultiRegionKeys', 'mrk.kms.amazonaws.com'),
    ],
  },
  sessionPolicy: limitSession,
  // Every new key carries the change's mark, so both are needed.
  calls: ({ changeId, input: { keySpec, keyUsage, origin, multiRegion, tags } }) => [
    {
      action: 'kms:CreateKey',
      resource: '*',
      context: {
        'kms:KeySpec': keySpec,
        'kms:KeyUsage': keyUsage,
        'kms:KeyOrigin': origin,
        'kms:MultiRegion': multiRegion,
        'kms:BypassPolicyLockoutSafetyCheck': false,
        ...contextOfNewTags(changeId, tags),
      },
    },
    { action: 'kms:TagResource', resource: '*', context: contextOfNewTags(changeId, tags) },
  ],
  read: readState,
  refuse: ({ store }, { input: plan, place: { partition } }) =>
    refusePlan(plan, partition) ?? refuseStore(plan, store),
  risk: (_, { input: { policy, multiRegion } }) =>
    policy === null && !multiRegion
      ? { risk: 'low', reasons: ['A new key; nothing uses it yet.'] }
      : {
          risk: 'medium',
          reasons: [
            ...(policy === null ? [] : ['Its key policy says who may use and administer it.']),
            ...(multiRegion ? ['A multi-Region key can be copied to other Regions.'] : []),
          ],
        },
  title: ({ input: { keySpec, keyUsage, description, multiRegion }, place: { region } }) =>
    `Create a ${multiRegion ? 'multi-Region ' : ''}key ${keySpec} for ${keyUsage} in ` +
    `${region}${description ? `: ${description.slice(0, 60)}` : ''}`,
  impact: describeNewKey,
  assess: judgeCreate,
  async act(write, about) {
    const { KeyMetadata } = await write.kms('kms:CreateKey', (kms) =>
      kms.send(new CreateKeyCommand(toCall(about))),
    )
    return { keyArn: KeyMetadata?.Arn ?? null, keyId: KeyMetadata?.KeyId ?? null }
  },
})

/** BypassPolicyLockoutSafetyCheck is never sent. */
function toCall({
  input: {
    keySpec,
    keyUsage,
    origin,
    multiRegion,
    description,
    policy,
    tags,
    customKeyStoreId,
    xksKeyId,
  },
  changeId,
}: About<Input>) {
  return {
    KeySpec: keySpec,
    KeyUsage: keyUsage,
    Origin: origin,
    MultiRegion: multiRegion,
    Description: description,
    Policy: policy ?? undefined,
    CustomKeyStoreId: customKeyStoreId ?? undefined,
    XksKeyId: xksKeyId ?? undefined,
    Tags: [
      ...Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
      { TagKey: changeTag, TagValue: changeId },
    ],
  }
}

function limitSession({
  changeId,
  place: { partition, region, accountId },
  input: { keySpec, keyUsage, origin, multiRegion, tags },
}: About<Input>): Statement[] {
  const marked = { [`aws:RequestTag/${changeTag}`]: changeId }
  return [
    {
      Effect: 'Allow',
      Action: ['kms:CreateKey'],
      Resource: '*',
      Condition: {
        StringEquals: {
          'kms:KeySpec': keySpec,
          'kms:KeyUsage': keyUsage,
          'kms:KeyOrigin': origin,
          ...marked,
        },
        Bool: { 'kms:MultiRegion': String(multiRegion) },
        BoolIfExists: { 'kms:BypassPolicyLockoutSafetyCheck': 'false' },
      },
    },
    {
      Effect: 'Allow',
      Action: ['kms:TagResource'],
      Resource: '*',
      Condition: { StringEquals: marked, ...tagKeysCondition([...Object.keys(tags), changeTag]) },
    },
    // KMS makes no key whose policy this very session could not put again (lib/kms/README.md, "Key
    // policies"). What KMS knows of the key while it asks that is not documented; an older key with
    // an alias, with another mark or of another kind is in any case not meant.
    {
      Effect: 'Allow',
      Action: ['kms:PutKeyPolicy'],
      Resource: [`arn:${partition}:kms:${region}:${accountId}:key/*`],
      Condition: {
        StringEqualsIfExists: {
          'kms:KeySpec': keySpec,
          'kms:KeyUsage': keyUsage,
          [`aws:ResourceTag/${changeTag}`]: changeId,
        },
        Null: { 'kms:ResourceAliases': 'true' },
        BoolIfExists: { 'kms:BypassPolicyLockoutSafetyCheck': 'false' },
      },
    },
    ...(multiRegion ? [serviceRoleStatement('mrk.kms.amazonaws.com')] : []),
  ]
}

type Sent = { sends: number; lastSentAt: string | null }

async function readState(
  read: AwsReader,
  { input: { customKeyStoreId }, changeId }: About<Input>,
  sent?: Sent,
): Promise<State> {
  const store = customKeyStoreId === null ? null : await readStore(read, customKeyStoreId)
  if (!sent || sent.sends === 0 || sent.lastSentAt === null) return { store, made: null, hidden: 0 }
  const { keyArn, hidden } = await findCreatedKey(
    read,
    changeId,
    new Date(Date.parse(sent.lastSentAt) - lookBackMs),
  )
  return { store, made: keyArn, hidden }
}

async function readStore(read: AwsReader, id: string): Promise<State['store']> {
  const call = new DescribeCustomKeyStoresCommand({ CustomKeyStoreId: id })
  const { CustomKeyStores = [] } = await read.kms('kms:DescribeCustomKeyStores', (kms) =>
    kms.send(call),
  )
  const [store] = CustomKeyStores
  return store
    ? {
        type: store.CustomKeyStoreType ?? 'unknown',
        connectionState: store.ConnectionState ?? 'unknown',
      }
    : null
}

function refuseStore({ origin, customKeyStoreId }: Input, store: State['store']): string | null {
  if (customKeyStoreId === null) return null
  if (!store) return `There is no custom key store ${customKeyStoreId} in this account and Region.`
  const wanted = origin === 'AWS_CLOUDHSM' ? 'AWS_CLOUDHSM' : 'EXTERNAL_KEY_STORE'
  if (store.type !== wanted)
    return `${customKeyStoreId} is a store of type ${store.type}; a key of origin ${origin} does not fit in it.`
  return store.connectionState === 'CONNECTED'
    ? null
    : `The custom key store is ${store.connectionState}: AWS makes keys only in one that is CONNECTED.`
}

function judgeCreate({
  about: {
    input: { policy },
    place: { accountId },
  },
  state: { made, hidden, store },
  baseline,
  sends,
}: AssessFacts<Input, State>): Observation {
  if (made) return { is: 'done', outcome: { keyArn: made, keyId: made.split('/').at(-1) ?? null } }
  if (sends > 0 && hidden > 0 && !delegatesReading(policy, accountId)) {
    const others =
      `${hidden} ${hidden === 1 ? 'key' : 'keys'} of this Region cannot be read by our role, ` +
      'and this key’s policy might hide it too'
    return {
      is: 'drifted',
      words:
        `It is not known whether the key was made: ${others}. Look in CloudTrail for ` +
        'CreateKey before asking again.',
    }
  }
  if (store?.connectionState === baseline.store?.connectionState) return { is: 'ready' }
  return {
    is: 'drifted',
    words: `The custom key store is ${store?.connectionState ?? 'gone'} now.`,
  }
}

function describeNewKey(
  _: State,
  { input: plan, place: { accountId }, changeId }: About<Input>,
): Impact {
  const { keySpec, keyUsage, origin, multiRegion, policy, tags } = plan
  return {
    effects: [
      `A new ${multiRegion ? 'multi-Region primary ' : ''}key: ${keySpec}, ${keyUsage}, ` +
        `material from ${origin}. None of this can be changed later.`,
      policy === null
        ? defaultPolicyWords
        : 'It has the key policy given here. AWS refuses one that would lock everyone out.',
      'Tags: ' +
        `${[...Object.entries(tags), [changeTag, changeId]].map(([name, value]) => `${name} = ${value}`).join(', ')}.`,
      ...(origin === 'EXTERNAL'
        ? ['It is Pending import until key material is imported into it.']
        : []),
    ],
    warnings: [
      ...warnOfPolicy(policy, { accountId, keySpec, keyUsage }),
      ...(delegatesReading(policy, accountId)
        ? []
        : [
            'Its policy may not let IAM decide: AWS refuses it unless the role for changes ' +
              'is in it, and without the read role the key stays hidden.',
          ]),
      ...doubtsAbout(plan),
      ...describeKeyCost(),
      ...(keySpec === 'SYMMETRIC_DEFAULT'
        ? []
        : ['Services of AWS that encrypt for you use symmetric encryption keys only.']),
    ],
    ...(policy === null ? {} : { diff: { language: 'json' as const, before: '', after: policy } }),
  }
}
