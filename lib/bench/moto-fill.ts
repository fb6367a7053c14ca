import {
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'

export const motoAccounts = ['111122223333', '444455556666'] as const
export const motoRegions = ['eu-west-1', 'us-east-1'] as const
/** Keys of the first place that have a grant, and that are of RSA. */
export const [grantedKeyAt, rsaKeyAt] = [2, 9]

/**
 * What the console runs with: moto takes any credentials, and counts them to an account of its own.
 */
export const motoCredentials = { accessKeyId: 'testing', secretAccessKey: 'testing' }

export type FilledKey = { arn: string; accountId: string; region: string; keyId: string }
type Credentials = typeof motoCredentials & { sessionToken?: string }

export const roleArn = (accountId: string, name: string) => `arn:aws:iam::${accountId}:role/${name}`
export const appArn = (accountId: string) => roleArn(accountId, 'app')

/** Credentials of an account, as the console itself gets them. */
export async function credentialsOf(endpoint: string, accountId: string): Promise<Credentials> {
  const sts = new STSClient({ endpoint, region: 'us-east-1', credentials: motoCredentials })
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: roleArn(accountId, 'Administrator'),
      RoleSessionName: 'bench',
    }),
  )
  const { AccessKeyId, SecretAccessKey, SessionToken } = given ?? {}
  if (!AccessKeyId || !SecretAccessKey) throw new Error('moto gave no credentials')
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}

const policyOf = (accountId: string, index: number) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Account',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Sid: `App${index}`,
        Effect: 'Allow',
        Principal: { AWS: appArn(accountId) },
        Action: ['kms:Decrypt', 'kms:DescribeKey'],
        Resource: '*',
      },
    ],
  })

export type Filled = { keys: FilledKey[]; grants: number }

/** Fills both accounts with keys as people have them. Returns the keys and how many grants. */
export async function fillMoto(endpoint: string, keysInEach: number): Promise<Filled> {
  const keys: FilledKey[] = []
  let grants = 0
  for (const accountId of motoAccounts) {
    const credentials = await credentialsOf(endpoint, accountId)
    await fillIam(new IAMClient({ endpoint, region: 'us-east-1', credentials }), accountId)
    for (const region of motoRegions) {
      const kms = new KMSClient({ endpoint, region, credentials })
      for (let index = 0; index < keysInEach; index++) {
        const made = await fillKey(kms, accountId, region, index)
        keys.push(made.key)
        grants += made.grants
      }
    }
  }
  return { keys, grants }
}

async function fillIam(iam: IAMClient, accountId: string): Promise<void> {
  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'ec2.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    ],
  })
  const use = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*' }],
  })
  await iam.send(new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: trust }))
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'app',
      PolicyName: `use-${accountId}`,
      PolicyDocument: use,
    }),
  )
  await iam.send(new CreateUserCommand({ UserName: 'ann' }))
}

async function fillKey(kms: KMSClient, accountId: string, region: string, index: number) {
  // The first of each place stays as plain as can be: changes are requested for it.
  const is = (every: number, rest: number) => index > 0 && index % every === rest
  const isRsa = is(10, rsaKeyAt)
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({
      Description: `key ${index}`,
      Tags: [{ TagKey: 'team', TagValue: index % 2 === 0 ? 'payments' : 'data' }],
      Policy: policyOf(accountId, index),
      ...(isRsa ? { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' } : {}),
    }),
  )
  const { KeyId: keyId = '', Arn: arn = '' } = KeyMetadata ?? {}
  await kms.send(new CreateAliasCommand({ AliasName: `alias/app/${index}`, TargetKeyId: keyId }))
  if (is(3, 1) && !isRsa) await kms.send(new EnableKeyRotationCommand({ KeyId: keyId }))
  const hasGrant = is(3, grantedKeyAt) && !isRsa
  if (hasGrant) {
    await kms.send(
      new CreateGrantCommand({
        KeyId: keyId,
        GranteePrincipal: appArn(accountId),
        Operations: ['Encrypt'],
        Name: `grant-${index}`,
      }),
    )
  }
  if (is(25, 12)) await kms.send(new DisableKeyCommand({ KeyId: keyId }))
  if (is(25, 13)) {
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 30 }))
  }
  return { key: { arn, accountId, region, keyId }, grants: hasGrant ? 1 : 0 }
}
