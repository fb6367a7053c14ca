/**
 * One example of every kind of change of AWS on a sandbox: what must be there before, and how AWS
 * shows that it is done, and undone.
 */
import {
  CreateAliasCommand,
  CreateGrantCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  ListAliasesCommand,
  ListGrantsCommand,
  ListKeyRotationsCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  ReplicateKeyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import {
  ListRequestedServiceQuotaChangeHistoryByQuotaCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas'
import { randomUUID } from 'node:crypto'
import { adminOf } from '../../sandbox/test/running'
import type { Place } from '../kinds/kind'
import type { KindName } from '../kinds/registry'
import { other, own, region, type SandboxFixture } from './sandbox-fixture'

export type Example = {
  place: Place
  input: unknown
  /** The mutating calls of doing it. */
  sends: readonly string[]
  /** What AWS says that the change is about; compared before, after and when undone. */
  see: () => Promise<unknown>
  done: unknown
  /** Of undoing; absent where the kind has no undo. */
  undoes?: readonly string[]
}
type Make = (stage: SandboxFixture) => Promise<Example>

const elsewhere = 'eu-central-1'
const nowhere: Place = { accountId: own, region, partition: 'aws', keyArn: null }
const arnOf = ({ keyArn }: Place): string => keyArn ?? ''
const describe = async (stage: SandboxFixture, place: Place) =>
  (await stage.admin().send(new DescribeKeyCommand({ KeyId: arnOf(place) }))).KeyMetadata
const stateOf = (stage: SandboxFixture, place: Place) => async () =>
  (await describe(stage, place))?.KeyState
const aliasName = () => `alias/app/${randomUUID().slice(0, 8)}`
const aliasOf = (stage: SandboxFixture, name: string) => async () => {
  const { Aliases = [] } = await stage.admin().send(new ListAliasesCommand({ Limit: 100 }))
  return Aliases.find(({ AliasName }) => AliasName === name)?.TargetKeyId ?? null
}
const idOf = (place: Place) => arnOf(place).split('/').at(-1)
const tagsOf = (stage: SandboxFixture, place: Place) => async () => {
  const { Tags = [] } = await stage
    .admin()
    .send(new ListResourceTagsCommand({ KeyId: arnOf(place) }))
  return Object.fromEntries(Tags.map(({ TagKey, TagValue }) => [TagKey, TagValue]))
}
const rotationOf = (stage: SandboxFixture, place: Place) => async () =>
  (await stage.admin().send(new GetKeyRotationStatusCommand({ KeyId: arnOf(place) })))
    .RotationPeriodInDays ?? 'off'
const grantsOf = (stage: SandboxFixture, place: Place) => async () =>
  (await stage.admin().send(new ListGrantsCommand({ KeyId: arnOf(place) }))).Grants?.length

async function withGrant(stage: SandboxFixture) {
  const place = await stage.makeKey()
  const { arn } = await stage.makeUser()
  const call = new CreateGrantCommand({
    KeyId: arnOf(place),
    GranteePrincipal: arn,
    Operations: ['Decrypt'],
    RetiringPrincipal: `arn:aws:iam::${own}:role/ClavigerWrite`,
  })
  return { place, grantId: (await stage.admin().send(call)).GrantId ?? '' }
}

async function withReplica(stage: SandboxFixture, replicaRegion: string): Promise<Place> {
  const place = await stage.makeKey({ MultiRegion: true })
  await stage
    .admin()
    .send(new ReplicateKeyCommand({ KeyId: arnOf(place), ReplicaRegion: replicaRegion }))
  await stage.aws.knob('POST', 'clock', { advanceSeconds: 3 })
  return place
}

export const examples: Readonly<Partial<Record<KindName, Make>>> = {
  async 'grant-create'(stage) {
    const [place, { arn }] = [await stage.makeKey(), await stage.makeUser(other)]
    return {
      place,
      input: { granteePrincipal: arn, operations: ['Decrypt'] },
      sends: ['kms:CreateGrant'],
      see: grantsOf(stage, place),
      done: 1,
      undoes: ['kms:RevokeGrant'],
    }
  },
  async 'grant-revoke'(stage) {
    const { place, grantId } = await withGrant(stage)
    return {
      place,
      input: { grantId },
      sends: ['kms:RevokeGrant'],
      see: grantsOf(stage, place),
      done: 0,
    }
  },
  async 'grant-retire'(stage) {
    const { place, grantId } = await withGrant(stage)
    return {
      place,
      input: { grantId },
      sends: ['kms:RetireGrant'],
      see: grantsOf(stage, place),
      done: 0,
    }
  },
  async 'key-enable'(stage) {
    const place = await stage.makeKey()
    await stage.admin().send(new DisableKeyCommand({ KeyId: arnOf(place) }))
    return {
      place,
      input: {},
      sends: ['kms:EnableKey'],
      see: stateOf(stage, place),
      done: 'Enabled',
      undoes: ['kms:DisableKey'],
    }
  },
  async 'key-disable'(stage) {
    const place = await stage.makeKey()
    return {
      place,
      input: {},
      sends: ['kms:DisableKey'],
      see: stateOf(stage, place),
      done: 'Disabled',
      undoes: ['kms:EnableKey'],
    }
  },
  async 'deletion-schedule'(stage) {
    const place = await stage.makeKey()
    return {
      place,
      input: { pendingWindowInDays: 12 },
      sends: ['kms:ScheduleKeyDeletion'],
      see: stateOf(stage, place),
      done: 'PendingDeletion',
    }
  },
  async 'deletion-cancel'(stage) {
    const place = await stage.makeKey()
    await stage.admin().send(new ScheduleKeyDeletionCommand({ KeyId: arnOf(place) }))
    return {
      place,
      input: {},
      sends: ['kms:CancelKeyDeletion'],
      see: stateOf(stage, place),
      done: 'Disabled',
    }
  },
  async 'rotation-enable'(stage) {
    const place = await stage.makeKey()
    await stage
      .admin()
      .send(new EnableKeyRotationCommand({ KeyId: arnOf(place), RotationPeriodInDays: 400 }))
    return {
      place,
      input: { rotationPeriodInDays: 90 },
      sends: ['kms:EnableKeyRotation'],
      see: rotationOf(stage, place),
      done: 90,
      undoes: ['kms:EnableKeyRotation'],
    }
  },
  async 'rotation-disable'(stage) {
    const place = await stage.makeKey()
    await stage
      .admin()
      .send(new EnableKeyRotationCommand({ KeyId: arnOf(place), RotationPeriodInDays: 180 }))
    return {
      place,
      input: {},
      sends: ['kms:DisableKeyRotation'],
      see: rotationOf(stage, place),
      done: 'off',
      undoes: ['kms:EnableKeyRotation'],
    }
  },
  async 'rotate-now'(stage) {
    const place = await stage.makeKey()
    const see = async () => {
      const { OnDemandRotationStartDate } = await stage
        .admin()
        .send(new GetKeyRotationStatusCommand({ KeyId: arnOf(place) }))
      const { Rotations = [] } = await stage
        .admin()
        .send(new ListKeyRotationsCommand({ KeyId: arnOf(place) }))
      return Rotations.length + (OnDemandRotationStartDate ? 1 : 0)
    }
    return { place, input: {}, sends: ['kms:RotateKeyOnDemand'], see, done: 1 }
  },
  async 'alias-create'(stage) {
    const [place, name] = [await stage.makeKey(), aliasName()]
    return {
      place,
      input: { aliasName: name },
      sends: ['kms:CreateAlias'],
      see: aliasOf(stage, name),
      done: idOf(place),
    }
  },
  async 'alias-update'(stage) {
    const [from, place, name] = [await stage.makeKey(), await stage.makeKey(), aliasName()]
    await stage.admin().send(new CreateAliasCommand({ AliasName: name, TargetKeyId: arnOf(from) }))
    return {
      place,
      input: { aliasName: name, fromKeyArn: from.keyArn },
      sends: ['kms:UpdateAlias'],
      see: aliasOf(stage, name),
      done: idOf(place),
      undoes: ['kms:UpdateAlias'],
    }
  },
  async 'alias-delete'(stage) {
    const [place, name] = [await stage.makeKey(), aliasName()]
    await stage.admin().send(new CreateAliasCommand({ AliasName: name, TargetKeyId: arnOf(place) }))
    return {
      place,
      input: { aliasName: name },
      sends: ['kms:DeleteAlias'],
      see: aliasOf(stage, name),
      done: null,
    }
  },
  async tag(stage) {
    const place = await stage.makeKey({
      Tags: [
        { TagKey: 'team', TagValue: 'blue' },
        { TagKey: 'other', TagValue: 'stays' },
      ],
    })
    const tags = { team: 'red', 'cost centre': '' }
    return {
      place,
      input: { tags },
      sends: ['kms:TagResource'],
      see: tagsOf(stage, place),
      done: { ...tags, other: 'stays' },
      undoes: ['kms:TagResource', 'kms:UntagResource'],
    }
  },
  async untag(stage) {
    const place = await stage.makeKey({
      Tags: [
        { TagKey: 'team', TagValue: 'blue' },
        { TagKey: 'other', TagValue: 'stays' },
      ],
    })
    return {
      place,
      input: { tagKeys: ['team'] },
      sends: ['kms:UntagResource'],
      see: tagsOf(stage, place),
      done: { other: 'stays' },
    }
  },
  async description(stage) {
    const place = await stage.makeKey({ Description: 'before' })
    const see = async () => (await describe(stage, place))?.Description
    return {
      place,
      input: { description: 'after' },
      sends: ['kms:UpdateKeyDescription'],
      see,
      done: 'after',
      undoes: ['kms:UpdateKeyDescription'],
    }
  },
  async 'policy-put'(stage) {
    const place = await stage.makeKey()
    const see = async () =>
      (await stage.admin().send(new GetKeyPolicyCommand({ KeyId: arnOf(place) }))).Policy
    const before = JSON.parse((await see()) ?? '{}')
    const policy = JSON.stringify({ ...before, Id: 'changed' })
    return {
      place,
      input: { policy, draftId: null },
      sends: ['kms:PutKeyPolicy'],
      see,
      done: policy,
      undoes: ['kms:PutKeyPolicy'],
    }
  },
  async 'key-create'(stage) {
    const label = `made for ${randomUUID()}`
    const see = async () => {
      const { Keys = [] } = await stage.admin().send(new ListKeysCommand({ Limit: 1000 }))
      const all = await Promise.all(
        Keys.map(({ KeyArn }) => describe(stage, { ...nowhere, keyArn: KeyArn ?? '' })),
      )
      return all
        .filter((key) => key?.Description === label)
        .map((key) => [key?.KeySpec, key?.KeyUsage, key?.MultiRegion])
    }
    const input = {
      keySpec: 'ECC_NIST_P384',
      keyUsage: 'KEY_AGREEMENT',
      multiRegion: true,
      description: label,
      tags: { team: 'blue' },
    }
    return {
      place: nowhere,
      input,
      sends: ['kms:CreateKey'],
      see,
      done: [['ECC_NIST_P384', 'KEY_AGREEMENT', true]],
    }
  },
  async replicate(stage) {
    const place = await stage.makeKey({ MultiRegion: true })
    const see = async () =>
      (await describe(stage, place))?.MultiRegionConfiguration?.ReplicaKeys?.map(
        ({ Region }) => Region,
      )
    return {
      place,
      input: { replicaRegion: elsewhere, tags: { team: 'blue' } },
      sends: ['kms:ReplicateKey'],
      see,
      done: [elsewhere],
    }
  },
  async 'primary-update'(stage) {
    const place = await withReplica(stage, elsewhere)
    const see = async () =>
      (await describe(stage, place))?.MultiRegionConfiguration?.PrimaryKey?.Region
    return {
      place,
      input: { primaryRegion: elsewhere },
      sends: ['kms:UpdatePrimaryRegion'],
      see,
      done: elsewhere,
    }
  },
  async 'quota-increase'(stage) {
    // A quota each time: AWS takes one open request for each.
    const quotaCode = quotaCodes.pop() ?? 'no quota is left'
    const quotas = new ServiceQuotasClient({
      endpoint: stage.aws.url,
      region,
      credentials: adminOf(own),
    })
    const see = async () => {
      const { RequestedQuotas = [] } = await quotas.send(
        new ListRequestedServiceQuotaChangeHistoryByQuotaCommand({
          ServiceCode: 'kms',
          QuotaCode: quotaCode,
        }),
      )
      return RequestedQuotas.map(({ DesiredValue }) => DesiredValue)
    }
    return {
      place: nowhere,
      input: { quotaCode, desiredValue: 120 },
      sends: ['servicequotas:RequestServiceQuotaIncrease'],
      see,
      done: [120],
    }
  },
}
const quotaCodes = [
  'L-D39AB822',
  'L-0428A42E',
  'L-32B67F4A',
  'L-F7504F73',
  'L-1F75ADD1',
  'L-1233BF9B',
  'L-6B8C93BD',
  'L-CE1DB614',
  'L-BD96F100',
  'L-BE799B67',
]
