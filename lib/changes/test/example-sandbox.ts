/** Of the examples on a sandbox: what several kinds prepare and look at. */
import {
  CreateGrantCommand,
  DescribeKeyCommand,
  GetKeyRotationStatusCommand,
  ListAliasesCommand,
  ListGrantsCommand,
  ListResourceTagsCommand,
  ReplicateKeyCommand,
} from '@aws-sdk/client-kms'
import { randomUUID } from 'node:crypto'
import type { Place } from '../kinds/kind'
import { own, region, type SandboxFixture } from './sandbox-fixture'

export const nowhere: Place = { accountId: own, region, partition: 'aws', keyArn: null }
export const arnOf = ({ keyArn }: Place): string => keyArn ?? ''
export const describeKey = async (fixture: SandboxFixture, place: Place) =>
  (await fixture.admin().send(new DescribeKeyCommand({ KeyId: arnOf(place) }))).KeyMetadata
export const stateOf = (fixture: SandboxFixture, place: Place) => async () =>
  (await describeKey(fixture, place))?.KeyState
export const aliasName = () => `alias/app/${randomUUID().slice(0, 8)}`
export const aliasOf = (fixture: SandboxFixture, name: string) => async () => {
  const { Aliases = [] } = await fixture.admin().send(new ListAliasesCommand({ Limit: 100 }))
  return Aliases.find(({ AliasName }) => AliasName === name)?.TargetKeyId ?? null
}
export const idOf = (place: Place) => arnOf(place).split('/').at(-1)
export const tagsOf = (fixture: SandboxFixture, place: Place) => async () => {
  const { Tags = [] } = await fixture
    .admin()
    .send(new ListResourceTagsCommand({ KeyId: arnOf(place) }))
  return Object.fromEntries(Tags.map(({ TagKey, TagValue }) => [TagKey, TagValue]))
}
export const rotationOf = (fixture: SandboxFixture, place: Place) => async () =>
  (await fixture.admin().send(new GetKeyRotationStatusCommand({ KeyId: arnOf(place) })))
    .RotationPeriodInDays ?? 'off'
export const grantsOf = (fixture: SandboxFixture, place: Place) => async () =>
  (await fixture.admin().send(new ListGrantsCommand({ KeyId: arnOf(place) }))).Grants?.length

export async function withGrant(fixture: SandboxFixture) {
  const place = await fixture.makeKey()
  const { arn } = await fixture.makeUser()
  const call = new CreateGrantCommand({
    KeyId: arnOf(place),
    GranteePrincipal: arn,
    Operations: ['Decrypt'],
    RetiringPrincipal: `arn:aws:iam::${own}:role/ClavigerWrite`,
  })
  return { place, grantId: (await fixture.admin().send(call)).GrantId ?? '' }
}

export async function withReplica(fixture: SandboxFixture, replicaRegion: string): Promise<Place> {
  const place = await fixture.makeKey({ MultiRegion: true })
  await fixture
    .admin()
    .send(new ReplicateKeyCommand({ KeyId: arnOf(place), ReplicaRegion: replicaRegion }))
  await fixture.aws.control('POST', 'clock', { advanceSeconds: 3 })
  return place
}
