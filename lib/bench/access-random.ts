import type { CreateGrantCommandInput } from '@aws-sdk/client-kms'

/** Between 0 and 1, with a seed behind it. */
export type Random = () => number

/** Deterministic, so that a difference can be looked at again (mulberry32). */
export function makeRandom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export function pickFrom<T>(random: Random, list: readonly T[]): T {
  const found = list[Math.floor(random() * list.length)]
  if (found === undefined) throw new Error('nothing to draw from')
  return found
}

const pairsOf = [
  {},
  { tenant: 'blue' },
  { tenant: 'red' },
  { tenant: 'blue', stage: 'prod' },
  { stage: 'prod' },
] as const

/** An encryption context, as an application would send it. */
export const drawPairs = (random: Random): Readonly<Record<string, string>> =>
  pickFrom(random, pairsOf)

type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

const conditions: readonly Conditions[] = [
  {},
  {},
  {},
  { StringEquals: { 'kms:EncryptionContext:tenant': 'blue' } },
  { StringLike: { 'kms:EncryptionContext:tenant': 'b*' } },
  { StringNotEquals: { 'kms:EncryptionContext:tenant': 'red' } },
  { StringEqualsIfExists: { 'kms:EncryptionContext:stage': 'prod' } },
  {
    'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['tenant', 'stage'] },
    Null: { 'kms:EncryptionContextKeys': 'false' },
  },
  { 'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': ['stage'] } },
  { Null: { 'kms:EncryptionContext:tenant': 'true' } },
  { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
  { StringEquals: { 'aws:PrincipalTag/team': 'payments' } },
  { StringNotLike: { 'aws:PrincipalTag/team': 'pay*' } },
  { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*' } },
  { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } },
  { NotIpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '127.0.0.1/32'] } },
  { Bool: { 'aws:SecureTransport': 'true' } },
  { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
  { DateLessThan: { 'aws:CurrentTime': '2099-01-01T00:00:00Z' } },
  { DateGreaterThan: { 'aws:CurrentTime': '2099-01-01T00:00:00Z' } },
  { StringEquals: { 'kms:KeySpec': 'SYMMETRIC_DEFAULT' } },
  { Bool: { 'kms:GrantIsForAWSResource': 'false' } },
  { NumericLessThan: { 'kms:ScheduleKeyDeletionPendingWindowInDays': '14' } },
]

const actions = [
  'kms:*',
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:ReEncrypt*',
  'kms:GenerateDataKey*',
  ['kms:Sign', 'kms:Verify', 'kms:*Mac'],
  ['kms:Describe*', 'kms:Get*', 'kms:List*'],
  ['kms:CreateGrant', 'kms:RevokeGrant'],
  ['kms:EnableKey', 'kms:DisableKey', 'kms:ScheduleKeyDeletion', 'kms:CancelKeyDeletion'],
  ['kms:PutKeyPolicy', 'kms:TagResource'],
  ['kms:*KeyRotation', 'kms:RotateKeyOnDemand', 'kms:UpdateKeyDescription'],
] as const

function drawStatement(random: Random, accountId: string, arns: readonly string[]): object {
  const someone = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pickFrom(random, arns))
  return {
    Effect: random() < 0.75 ? 'Allow' : 'Deny',
    Principal: pickFrom<object | string>(random, [
      { AWS: someone },
      { AWS: someone },
      { AWS: someone },
      { AWS: `arn:aws:iam::${accountId}:root` },
      { AWS: pickFrom(random, arns).split(':')[4] },
      '*',
    ]),
    Action: pickFrom(random, actions),
    Resource: '*',
    Condition: pickFrom(random, conditions),
  }
}

/** A key policy in which the account can at least read its key. */
export function drawPolicy(random: Random, accountId: string, arns: readonly string[]): string {
  const root = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: random() < 0.6 ? 'kms:*' : ['kms:Describe*', 'kms:Get*', 'kms:List*'],
    Resource: '*',
  }
  const more = Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
    drawStatement(random, accountId, arns),
  )
  return JSON.stringify({ Version: '2012-10-17', Statement: [root, ...more] })
}

type GrantInput = Pick<CreateGrantCommandInput, 'GranteePrincipal' | 'Operations' | 'Constraints'>

export function drawGrant(random: Random, arns: readonly string[], symmetric: boolean): GrantInput {
  const pairs = drawPairs(random)
  const isBound = symmetric && random() < 0.6 && Object.keys(pairs).length > 0
  return {
    GranteePrincipal: pickFrom(random, arns),
    Operations: symmetric
      ? ['Encrypt', 'Decrypt', 'GenerateDataKey', 'DescribeKey']
      : ['DescribeKey'],
    ...(isBound
      ? {
          Constraints:
            random() < 0.5
              ? { EncryptionContextSubset: pairs }
              : { EncryptionContextEquals: pairs },
        }
      : {}),
  }
}

/** Session policies narrow what the role may do; session tags stand before the role's own. */
export function drawSession(random: Random): {
  policies: readonly string[]
  tags: Readonly<Record<string, string>>
} {
  const statement = {
    Effect: 'Allow',
    Action: pickFrom(random, actions),
    Resource: '*',
    Condition: pickFrom(random, conditions),
  }
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  return {
    policies: random() < 0.4 ? [policy] : [],
    tags: random() < 0.4 ? { team: pickFrom(random, ['payments', 'lake', 'pay']) } : {},
  }
}
