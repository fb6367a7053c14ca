import { randomUUID } from 'node:crypto'
import { openAccount } from '../accounts'
import { makeUuid } from '../ids'
import type { Call, Caller } from '../call'
import type { Grant, IamRole, Key, World } from '../world'

export function bareWorld(): World {
  return {
    scenario: 'test',
    seed: 1,
    clockAheadMs: 0,
    accounts: new Map(),
    organization: null,
    accessKeys: new Map(),
    sessions: new Map(),
    buckets: new Map(),
    trailSigners: new Map(),
    athena: { answers: [], workGroups: new Map(), executions: new Map() },
  }
}

export function callBy(world: World, caller: Caller, more: Partial<Call> = {}): Call {
  return {
    world,
    now: Date.UTC(2026, 10, 1),
    caller,
    region: 'eu-west-1',
    service: 'kms',
    operation: 'Decrypt',
    requestId: makeUuid(),
    eventId: makeUuid(),
    sourceIp: '192.0.2.7',
    userAgent: 'test',
    trail: { keys: [] },
    shortPage: false,
    ...more,
  }
}

/** A user without any policy. */
export function addUser(
  world: World,
  accountId: string,
  name: string,
  identity: object[] = [],
): Caller {
  const arn = `arn:aws:iam::${accountId}:user/${name}`
  openAccount(world, accountId).users.set(name, {
    name,
    path: '/',
    arn,
    id: `AIDA${name}`,
    createdAt: 0,
    inlinePolicies: asInline(identity),
    attachedPolicyArns: [],
    permissionsBoundaryArn: null,
    tags: new Map(),
    groups: [],
  })
  return {
    accountId,
    arn,
    kind: 'user',
    entityArn: arn,
    userId: `AIDA${name}`,
    accessKeyId: 'AKIATEST',
    sessionPolicies: [],
    sourceIdentity: null,
    sessionCreatedAt: null,
  }
}

/** A role and a session of it. */
export function addSession(
  world: World,
  accountId: string,
  name: string,
  identity: object[] = [],
): { role: IamRole; caller: Caller } {
  const arn = `arn:aws:iam::${accountId}:role/${name}`
  const role: IamRole = {
    name,
    path: '/',
    arn,
    id: `AROA${name}`,
    createdAt: 0,
    inlinePolicies: asInline(identity),
    attachedPolicyArns: [],
    permissionsBoundaryArn: null,
    tags: new Map(),
    trustPolicy: '{}',
    maxSessionSeconds: 3600,
    description: '',
    lastUsedAt: null,
  }
  openAccount(world, accountId).roles.set(name, role)
  const caller: Caller = {
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${name}/s1`,
    kind: 'role-session',
    entityArn: arn,
    userId: `AROA${name}:s1`,
    accessKeyId: 'ASIATEST',
    sessionPolicies: [],
    sourceIdentity: null,
    sessionCreatedAt: 0,
  }
  return { role, caller }
}

function asInline(documents: object[]): Map<string, string> {
  return new Map(documents.map((document, index) => [`p${index}`, JSON.stringify(document)]))
}

export function document(...statements: object[]): { Version: string; Statement: object[] } {
  return { Version: '2012-10-17', Statement: statements }
}

export const allowAll = { Effect: 'Allow', Action: '*', Resource: '*' }

export function addKey(
  world: World,
  accountId: string,
  policy: object,
  more: Partial<Key> = {},
): Key {
  const keyId = randomUUID()
  const key: Key = {
    accountId,
    region: 'eu-west-1',
    keyId,
    arn: `arn:aws:kms:eu-west-1:${accountId}:key/${keyId}`,
    createdAt: 0,
    description: '',
    keyUsage: 'ENCRYPT_DECRYPT',
    keySpec: 'SYMMETRIC_DEFAULT',
    origin: 'AWS_KMS',
    manager: 'CUSTOMER',
    state: 'Enabled',
    settles: null,
    deletionAt: null,
    pendingWindowDays: null,
    policy: JSON.stringify(policy),
    tags: new Map(),
    grants: new Map(),
    customKeyStoreId: null,
    xksKeyId: null,
    multiRegion: null,
    rotation: null,
    onDemand: null,
    materials: [],
    lastUsage: null,
    ...more,
  }
  openAccount(world, accountId).regions.get('eu-west-1')?.keys.set(keyId, key)
  return key
}

export function delegating(accountId: string): object {
  return {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: 'kms:*',
    Resource: '*',
  }
}

export function addGrant(
  key: Key,
  grantee: string,
  operations: string[],
  more: Partial<Grant> = {},
): void {
  const grantId = randomUUID()
  key.grants.set(grantId, {
    grantId,
    name: null,
    createdAt: 0,
    granteePrincipal: grantee,
    granteeServicePrincipal: null,
    retiringPrincipal: null,
    retiringServicePrincipal: null,
    issuingAccount: `arn:aws:iam::${key.accountId}:root`,
    operations,
    encryptionContextSubset: null,
    encryptionContextEquals: null,
    sourceArn: null,
    tokens: [],
    ...more,
  })
}
