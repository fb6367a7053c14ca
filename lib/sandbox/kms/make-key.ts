import { randomBytes, randomUUID } from 'node:crypto'
import type { Call } from '../call'
import type { Key, Material } from '../world'
import { keyArn } from './place'

type Plan = Pick<
  Key,
  | 'description'
  | 'keyUsage'
  | 'keySpec'
  | 'origin'
  | 'policy'
  | 'tags'
  | 'customKeyStoreId'
  | 'xksKeyId'
>

/** A customer managed key of the caller's account, not yet put into its Region. */
export function makeKey(call: Call, plan: Plan, multiRegion: boolean): Key {
  const accountId = call.caller.accountId
  const keyId = multiRegion ? `mrk-${randomBytes(16).toString('hex')}` : randomUUID()
  const imported = plan.origin === 'EXTERNAL'
  return {
    ...plan,
    accountId,
    region: call.region,
    keyId,
    arn: keyArn(call.region, accountId, keyId),
    createdAt: call.now,
    manager: 'CUSTOMER',
    state: imported ? 'PendingImport' : 'Enabled',
    settles: null,
    deletionAt: null,
    pendingWindowDays: null,
    grants: new Map(),
    multiRegion: multiRegion ? { type: 'PRIMARY', primaryRegion: call.region } : null,
    rotation:
      plan.keySpec === 'SYMMETRIC_DEFAULT' && plan.origin === 'AWS_KMS'
        ? { enabled: false, periodDays: 365, nextAt: 0 }
        : null,
    onDemand: null,
    materials: imported ? [] : [makeMaterial()],
    lastUsage: null,
  }
}

/** Fresh material of AWS's making; its bytes come at first use. */
export function makeMaterial(): Material {
  return {
    id: randomBytes(32).toString('hex'),
    secret: null,
    publicKey: null,
    state: 'CURRENT',
    importState: null,
    expirationModel: null,
    validTo: null,
    description: null,
    rotatedAt: null,
    rotationType: null,
  }
}

/**
 * The policy of a key made without one: the account, and through it IAM (aws-facts
 * 4.1), printed as AWS prints it.
 */
export function defaultPolicy(accountId: string): string {
  return `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::${accountId}:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`
}
