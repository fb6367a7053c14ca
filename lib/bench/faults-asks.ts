/**
 * Which change to ask for on which key, and what must be true in AWS once it is done: over all
 * kinds, chosen by a seeded generator.
 */
import {
  CreateAliasCommand,
  CreateGrantCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  ReplicateKeyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
} from '@aws-sdk/client-kms'
import type { KindName } from '../changes/kinds/registry'
import { asking, fixtureAccount } from '../changes/test/fixtures'
import type { AskedRequest } from '../changes/request/ask'
import { defaultRules } from '../changes/rules/rule'
import type { Key, RegionState, World } from '../sandbox/world'

/**
 * One change, and how to see in the sandbox's own world that it is done, or undone. Null: as it
 * must be; else what is wrong.
 */
export type Ask = {
  kind: KindName
  asked: AskedRequest
  isDone: (world: World, changeId: string) => boolean
  isUndone?: (world: World, changeId: string) => boolean
}
export type NewKey = { arn: string; keyId: string; region: string }
type Making = {
  key: NewKey
  number: number
  admin: KMSClient
  endsAt: string
  random: () => number
}

const grantee = 'arn:aws:iam::638820417753:root'
const second = 'eu-central-1'
const regionOf = (world: World, region: string): RegionState => {
  const found = world.accounts.get(fixtureAccount)?.regions.get(region)
  if (!found) throw new Error(`no Region ${region}`)
  return found
}
const keyOf = (world: World, { region, keyId }: NewKey): Key | undefined =>
  regionOf(world, region).keys.get(keyId)
const grantsNamed = (world: World, key: NewKey, name: string) =>
  [...(keyOf(world, key)?.grants.values() ?? [])].filter((grant) => grant.name === name)

const grantInput = {
  granteePrincipal: grantee,
  granteeServicePrincipal: null,
  operations: ['Decrypt', 'DescribeKey'],
  constraints: null,
  retiringPrincipal: null,
  retiringServicePrincipal: null,
}
const makeGrant = async ({ admin, key, number }: Making) =>
  (
    await admin.send(
      new CreateGrantCommand({
        KeyId: key.arn,
        GranteePrincipal: grantee,
        Operations: ['Encrypt'],
        Name: `before-${number}`,
      }),
    )
  ).GrantId ?? ''
const timed = ({ endsAt, random }: Making) => (random() < 0.5 ? { endsAt } : { endsAt: null })
const policyFor = (number: number) =>
  JSON.stringify({
    Version: '2012-10-17',
    Id: `bench-${number}`,
    Statement: [
      {
        Sid: 'Account',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${fixtureAccount}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })

type Maker = (making: Making) => Promise<Ask>

/**
 * For symmetric single-Region keys. Each prepares what its kind needs to be there, as
 * somebody outside of Claviger.
 */
const makers: Partial<Record<KindName, Maker>> = {
  'grant-create': async ({ key, endsAt }) => ({
    kind: 'grant-create',
    asked: asking('grant-create', key.arn, grantInput, { endsAt }),
    isDone: (world, id) => grantsNamed(world, key, id).length === 1,
    isUndone: (world, id) => grantsNamed(world, key, id).length === 0,
  }),
  'grant-revoke': async (making) => endGrant('grant-revoke', making),
  'grant-retire': async (making) => endGrant('grant-retire', making),
  'grant-adopt': async (making) => {
    const { key, endsAt } = making
    const grantId = await makeGrant(making)
    return {
      kind: 'grant-adopt',
      asked: asking(
        'grant-adopt',
        key.arn,
        { grantId, owner: 'bench', reason: 'adopted' },
        { endsAt },
      ),
      isDone: (world) => keyOf(world, key)?.grants.has(grantId) === true,
      isUndone: (world) => keyOf(world, key)?.grants.has(grantId) === false,
    }
  },
  'policy-put': async (making) => {
    const { key, number } = making
    const isOurs = (world: World) => keyOf(world, key)?.policy.includes(`bench-${number}`) === true
    return {
      kind: 'policy-put',
      asked: asking(
        'policy-put',
        key.arn,
        { policy: policyFor(number), draftId: null },
        timed(making),
      ),
      isDone: isOurs,
      isUndone: (world) => !isOurs(world),
    }
  },
  'key-disable': async (making) => stateAsk('key-disable', making, 'Disabled', 'Enabled'),
  'key-enable': async (making) => {
    await making.admin.send(new DisableKeyCommand({ KeyId: making.key.arn }))
    return stateAsk('key-enable', making, 'Enabled', 'Disabled')
  },
  'deletion-schedule': async ({ key }) => ({
    kind: 'deletion-schedule',
    asked: asking('deletion-schedule', key.arn, { pendingWindowInDays: 30 }),
    isDone: (world) => keyOf(world, key)?.state === 'PendingDeletion',
  }),
  'deletion-cancel': async ({ key, admin }) => {
    await admin.send(new ScheduleKeyDeletionCommand({ KeyId: key.arn, PendingWindowInDays: 30 }))
    return {
      kind: 'deletion-cancel',
      asked: asking('deletion-cancel', key.arn, {}),
      isDone: (world) => keyOf(world, key)?.state === 'Disabled',
    }
  },
  'rotation-enable': async (making) =>
    rotationAsk('rotation-enable', making, { rotationPeriodInDays: 180 }, true),
  'rotation-disable': async (making) => {
    await making.admin.send(
      new EnableKeyRotationCommand({ KeyId: making.key.arn, RotationPeriodInDays: 365 }),
    )
    return rotationAsk('rotation-disable', making, {}, false)
  },
  'rotate-now': async ({ key }) => ({
    kind: 'rotate-now',
    asked: asking('rotate-now', key.arn, {}),
    isDone: (world) => {
      const found = keyOf(world, key)
      return (
        (found?.materials.filter(({ rotationType }) => rotationType === 'ON_DEMAND').length ?? 0) +
          (found?.onDemand ? 1 : 0) ===
        1
      )
    },
  }),
  'alias-create': async ({ key, number }) =>
    aliasAsk(
      'alias-create',
      key,
      { aliasName: `alias/bench-${number}` },
      (world) => aliasOf(world, key, number) === key.keyId,
    ),
  'alias-delete': async ({ key, number, admin }) => {
    await admin.send(
      new CreateAliasCommand({ AliasName: `alias/bench-${number}`, TargetKeyId: key.keyId }),
    )
    return aliasAsk(
      'alias-delete',
      key,
      { aliasName: `alias/bench-${number}` },
      (world) => aliasOf(world, key, number) === undefined,
    )
  },
  tag: async (making) => {
    const { key, number } = making
    return {
      kind: 'tag',
      asked: asking('tag', key.arn, { tags: { bench: String(number) } }, timed(making)),
      isDone: (world) => keyOf(world, key)?.tags.get('bench') === String(number),
      isUndone: (world) => keyOf(world, key)?.tags.has('bench') === false,
    }
  },
  untag: async (making) => {
    const { key, admin } = making
    await admin.send(
      new TagResourceCommand({ KeyId: key.arn, Tags: [{ TagKey: 'old', TagValue: 'x' }] }),
    )
    return {
      kind: 'untag',
      asked: asking('untag', key.arn, { tagKeys: ['old'] }),
      isDone: (world) => keyOf(world, key)?.tags.has('old') === false,
    }
  },
  description: async (making) => {
    const { key, number } = making
    return {
      kind: 'description',
      asked: asking('description', key.arn, { description: `bench ${number}` }, timed(making)),
      isDone: (world) => keyOf(world, key)?.description === `bench ${number}`,
      isUndone: (world) => keyOf(world, key)?.description === '',
    }
  },
  'key-create': async ({ key }) => ({
    kind: 'key-create',
    asked: {
      justification: 'bench',
      changes: [
        {
          kind: 'key-create',
          accountId: fixtureAccount,
          region: key.region,
          keyArn: null,
          input: { keySpec: 'SYMMETRIC_DEFAULT', keyUsage: 'ENCRYPT_DECRYPT' },
          startsAt: null,
        },
      ],
    },
    isDone: (world, id) =>
      [...regionOf(world, key.region).keys.values()].filter(
        ({ tags }) => tags.get('claviger:change') === id,
      ).length === 1,
  }),
}

/** For multi-Region primaries. */
const familyMakers: Partial<Record<KindName, Maker>> = {
  replicate: async ({ key }) => ({
    kind: 'replicate',
    asked: asking('replicate', key.arn, { replicaRegion: second }),
    isDone: (world) => regionOf(world, second).keys.get(key.keyId)?.multiRegion?.type === 'REPLICA',
  }),
  'primary-update': async ({ key, admin }) => {
    await admin.send(new ReplicateKeyCommand({ KeyId: key.arn, ReplicaRegion: second }))
    return {
      kind: 'primary-update',
      asked: asking('primary-update', key.arn, { primaryRegion: second }),
      isDone: (world) =>
        regionOf(world, second).keys.get(key.keyId)?.multiRegion?.type === 'PRIMARY',
    }
  },
}

const plain = Object.entries(makers)
const family = Object.entries(familyMakers)
export const perFamily = 0.12

/** A change of a kind that fits the key. Every kind comes up about equally often. */
export async function makeAsk(making: Making, isFamily: boolean): Promise<Ask> {
  const list = isFamily ? family : plain
  const [, make] = list[making.number % list.length] ?? []
  if (!make) throw new Error('no kind fits')
  return make(making)
}

/**
 * Each moves an alias from one key to another; or asks for a quota; these need
 * more than one key, or none.
 */
export async function makeAliasMove({ key, number, admin }: Making, to: NewKey): Promise<Ask> {
  await admin.send(
    new CreateAliasCommand({ AliasName: `alias/bench-${number}`, TargetKeyId: key.keyId }),
  )
  return {
    kind: 'alias-update',
    asked: asking('alias-update', to.arn, {
      aliasName: `alias/bench-${number}`,
      fromKeyArn: key.arn,
    }),
    isDone: (world) => aliasOf(world, to, number) === to.keyId,
  }
}

export function makeQuotaAsk(quotaCode: string, region: string, desiredValue: number): Ask {
  return {
    kind: 'quota-increase',
    asked: {
      justification: 'bench',
      changes: [
        {
          kind: 'quota-increase',
          accountId: fixtureAccount,
          region,
          keyArn: null,
          input: { quotaCode, desiredValue },
          startsAt: null,
        },
      ],
    },
    isDone: (world) =>
      regionOf(world, region).quotaRequests.filter(
        (one) => one.quotaCode === quotaCode && one.desiredValue === desiredValue,
      ).length === 1,
  }
}

/** A change of this installation: no call to AWS. */
export function makeRulesAsk(number: number): Ask {
  const input = {
    ...defaultRules,
    rules: [
      ...defaultRules.rules,
      {
        name: `bench ${number}`,
        when: { kinds: ['bench'] },
        approvals: 1,
        roles: [],
        ownerMust: false,
        ticket: false,
        longestHours: null,
        businessHours: false,
        comment: 'none',
      },
    ],
  }
  return {
    kind: 'rules-update',
    asked: {
      justification: 'bench',
      changes: [
        {
          kind: 'rules-update',
          accountId: null,
          region: null,
          keyArn: null,
          input,
          startsAt: null,
        },
      ],
    },
    isDone: () => true,
  }
}

const aliasOf = (world: World, { region }: NewKey, number: number) =>
  regionOf(world, region).aliases.get(`alias/bench-${number}`)?.targetKeyId
const aliasAsk = (
  kind: 'alias-create' | 'alias-delete',
  key: NewKey,
  input: unknown,
  isDone: (world: World) => boolean,
): Ask => ({ kind, asked: asking(kind, key.arn, input), isDone })

async function endGrant(kind: 'grant-revoke' | 'grant-retire', making: Making): Promise<Ask> {
  const grantId = await makeGrant(making)
  return {
    kind,
    asked: asking(kind, making.key.arn, { grantId }),
    isDone: (world) => keyOf(world, making.key)?.grants.has(grantId) === false,
  }
}

function stateAsk(
  kind: 'key-enable' | 'key-disable',
  making: Making,
  done: string,
  undone: string,
): Ask {
  const { key } = making
  return {
    kind,
    asked: asking(kind, key.arn, {}, timed(making)),
    isDone: (world) => keyOf(world, key)?.state === done,
    isUndone: (world) => keyOf(world, key)?.state === undone,
  }
}

function rotationAsk(
  kind: 'rotation-enable' | 'rotation-disable',
  making: Making,
  input: unknown,
  enabled: boolean,
): Ask {
  const { key } = making
  const is = (wanted: boolean) => (world: World) => keyOf(world, key)?.rotation?.enabled === wanted
  return {
    kind,
    asked: asking(kind, key.arn, input, timed(making)),
    isDone: is(enabled),
    isUndone: is(!enabled),
  }
}
