import { randomUUID } from 'node:crypto'
import { AwsError, type Call } from '../call'
import type { Key, RegionState } from '../world'
import { makeMaterial } from './make-key'
import { addKey, keyArn } from './place'
import { predefined } from './predefined'

const day = 86_400_000

/**
 * Refuses to change an AWS managed key: its account can read it, nobody there can change it.
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key
 */
export function refuseManaged(key: Key) {
  if (key.manager !== 'AWS') return
  throw new AwsError(
    'AccessDeniedException',
    `The operation is not allowed on the AWS managed key ${key.arn}.`,
  )
}

/**
 * Makes the AWS managed key of a predefined alias when it is not there yet, as DescribeKey does.
 */
export function openManagedKey(call: Call, state: RegionState, accountId: string, alias: string) {
  const service = alias.slice('alias/aws/'.length)
  const protects = Object.hasOwn(predefined, service) ? predefined[service] : undefined
  if (protects === undefined || state.aliases.get(alias)?.targetKeyId) return
  const keyId = randomUUID()
  addKey(state, {
    accountId,
    region: state.name,
    keyId,
    arn: keyArn(state.name, accountId, keyId),
    createdAt: call.now,
    description: `Default key that protects ${protects} when no other key is defined`,
    keyUsage: 'ENCRYPT_DECRYPT',
    keySpec: 'SYMMETRIC_DEFAULT',
    origin: 'AWS_KMS',
    manager: 'AWS',
    state: 'Enabled',
    settles: null,
    deletionAt: null,
    pendingWindowDays: null,
    policy: managedPolicy(service, state.name, accountId),
    tags: new Map(),
    grants: new Map(),
    customKeyStoreId: null,
    xksKeyId: null,
    multiRegion: null,
    rotation: { enabled: true, periodDays: 365, nextAt: call.now + 365 * day },
    onDemand: null,
    materials: [makeMaterial()],
    lastUsage: null,
  })
  state.aliases.set(alias, {
    name: alias,
    targetKeyId: keyId,
    createdAt: call.now,
    updatedAt: call.now,
  })
}

function managedPolicy(service: string, region: string, accountId: string) {
  return JSON.stringify(
    {
      Version: '2012-10-17',
      Id: `auto-${service}-1`,
      Statement: [
        {
          Sid:
            `Allow access through ${service} for all principals in the account that are ` +
            `authorized to use ${service}`,
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: [
            'kms:Encrypt',
            'kms:Decrypt',
            'kms:ReEncrypt*',
            'kms:GenerateDataKey*',
            'kms:CreateGrant',
            'kms:DescribeKey',
          ],
          Resource: '*',
          Condition: {
            StringEquals: {
              'kms:CallerAccount': accountId,
              'kms:ViaService': `${service}.${region}.amazonaws.com`,
            },
          },
        },
        {
          Sid: 'Allow direct access to key metadata to the account',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${accountId}:root` },
          Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'],
          Resource: '*',
        },
      ],
    },
    null,
    2,
  )
}
