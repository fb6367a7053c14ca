/** A sandbox with keys and people to change them for, and a plan of any kind on it. */
import { CreateKeyCommand, KMSClient, type CreateKeyCommandInput } from '@aws-sdk/client-kms'
import { CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand } from '@aws-sdk/client-iam'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { randomUUID } from 'node:crypto'
import { adminOf, runSandbox, type Keys } from '../../sandbox/test/running'
import type { AwsPlan, Kind } from '../kinds/define'
import type { Place } from '../kinds/kind'
import { openReaderAndWriter, type ReaderAndWriter } from './reader-writer'

export const own = '111122223333'
export const other = '444455556666'
export const region = 'eu-west-1'
export const elsewhere = 'eu-central-1'

export type SandboxFixture = Awaited<ReturnType<typeof openSandboxFixture>>
export type OpenedChange = { plan: AwsPlan; changeId: string; place: Place } & ReaderAndWriter

export async function openSandboxFixture() {
  const aws = await runSandbox()
  const admin = (accountId = own) => aws.kms(adminOf(accountId))
  async function makeKeyIn(accountId: string, more: CreateKeyCommandInput = {}): Promise<Place> {
    const { KeyMetadata: key } = await admin(accountId).send(new CreateKeyCommand(more))
    return { accountId, region, partition: 'aws', keyArn: key?.Arn ?? '' }
  }
  return {
    aws,
    admin,
    close: () => aws.close(),
    makeKey: (more: CreateKeyCommandInput = {}): Promise<Place> => makeKeyIn(own, more),
    makeKeyIn,
    /** A user without any policy, and a client that is it. */
    async makeUser(accountId = other): Promise<{ arn: string; kms: KMSClient }> {
      const name = `user-${randomUUID().slice(0, 8)}`
      const iam = aws.iam(adminOf(accountId))
      const { User: user } = await iam.send(new CreateUserCommand({ UserName: name }))
      const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: name }))
      const keys: Keys = {
        accessKeyId: key?.AccessKeyId ?? '',
        secretAccessKey: key?.SecretAccessKey ?? '',
      }
      return { arn: user?.Arn ?? '', kms: aws.kms(keys) }
    },
    async makeRole(name: string, path = '/', accountId = other): Promise<string> {
      const AssumeRolePolicyDocument = JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${accountId}:root` },
            Action: 'sts:AssumeRole',
          },
        ],
      })
      const { Role: role } = await aws
        .iam(adminOf(accountId))
        .send(new CreateRoleCommand({ RoleName: name, Path: path, AssumeRolePolicyDocument }))
      return role?.Arn ?? ''
    },
    /** A session of a role that its own account may assume. */
    async assumeRole(arn: string): Promise<Keys> {
      const [, , , , accountId = ''] = arn.split(':')
      const { Credentials: given } = await aws
        .sts(adminOf(accountId))
        .send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'test' }))
      return {
        accessKeyId: given?.AccessKeyId ?? '',
        secretAccessKey: given?.SecretAccessKey ?? '',
        sessionToken: given?.SessionToken ?? '',
      }
    },
    /** Opens a change of this kind, with reader and writer of a session of its own. */
    async open(
      kind: Kind,
      place: Place,
      input: unknown,
      more: { endsAt?: string; changeId?: string } = {},
    ): Promise<OpenedChange> {
      const changeId = more.changeId ?? randomUUID()
      const plan = kind.open({
        changeId,
        place,
        input: kind.parse(input),
        endsAt: more.endsAt ?? null,
        key: null,
      })
      if (plan.where !== 'aws') throw new Error('no change of AWS')
      return { plan, changeId, place, ...(await openReaderAndWriter(aws.url, plan, changeId)) }
    },
  }
}
