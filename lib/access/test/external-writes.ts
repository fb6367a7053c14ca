import 'server-only'
import { expect } from 'vitest'
import { db, sql, transaction } from '../../db/client'
import {
  writeOrganization,
  type NodeRow,
  type PolicyRow,
} from '../../inventory/sync/organization-write'
import { evaluateAllMarked } from '../evaluate-keys'
import { readExternalCoverage } from '../external-read'

// What people and sweeps write, as far as a verdict about external access hangs on it: for tests
// that have a database of their own.

export const [own, sister, stranger] = ['111122223333', '444455556666', '881264037715']
const region = 'eu-west-1'
export const arnOf = (key: number) => `arn:aws:kms:${region}:${key % 2 ? own : sister}:key/k${key}`
export const role = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`
const managed = 'arn:aws:iam::aws:policy/Powerful'
const allow = (principal: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Principal: principal,
  Action: ['kms:Decrypt', 'kms:CreateGrant'],
  Resource: '*',
  ...more,
})
const when = (operator: string, key: string, value: string) => ({
  Condition: { [operator]: { [key]: value } },
})
const toText = (...statements: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })

export const policies = [
  toText(allow({ AWS: `arn:aws:iam::${own}:root` })),
  toText(allow('*')),
  toText(allow('*', when('StringEquals', 'aws:PrincipalOrgID', 'o-1'))),
  toText(allow({ AWS: role(stranger, 'carrier') }), allow({ AWS: role(own, 'app') })),
  toText(allow({ AWS: [role(own, 'app'), role(sister, 'app'), `arn:aws:iam::${stranger}:root`] })),
  toText(allow({ AWS: role(sister, 'app') }, when('StringEquals', 'aws:ResourceTag/team', 'a'))),
  toText(allow({ AWS: role(own, 'app') }, when('StringLike', 'kms:ResourceAliases', 'alias/a*'))),
  toText(
    allow({ AWS: `arn:aws:sts::${own}:assumed-role/app/ann` }),
    allow({ Service: 's3.amazonaws.com' }),
  ),
  toText(allow('*'), { ...allow({ AWS: role(stranger, 'carrier') }), Effect: 'Deny' }),
  toText(
    allow(
      { AWS: role(stranger, 'carrier') },
      when('NumericGreaterThan', 'kms:TrailingDaysWithoutKeyUsage', '30'),
    ),
  ),
  // JSON lets a slash be escaped, also in the name of a condition key.
  toText(
    allow({ AWS: role(stranger, 'carrier') }, when('StringEquals', 'aws:ResourceTag/team', 'a')),
  ).replace('aws:ResourceTag/team', String.raw`aws:ResourceTag\/team`),
]
export const escaped = policies.length - 1
const identity = (effect: string, action: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: effect, Action: action, Resource: '*' }],
  })
export const documents = [
  identity('Allow', 'kms:*'),
  identity('Allow', 'kms:Decrypt'),
  identity('Deny', 'kms:Decrypt'),
]

export const now = () => new Date()
let counted = 0
export const count = () => ++counted

const keyRow = (key: number) => {
  const arn = arnOf(key)
  return {
    arn,
    accountId: arn.split(':')[4] ?? '',
    region,
    keyId: `k${key}`,
    listedAt: now(),
    listedIn: 1n,
    keyUsage: 'ENCRYPT_DECRYPT',
    keySpec: 'SYMMETRIC_DEFAULT',
    keyManager: 'CUSTOMER',
    scope: 'single',
    origin: 'AWS_KMS',
    aliases: [],
    aliasesAt: now(),
  }
}

async function putKey(key: number): Promise<void> {
  const row = keyRow(key)
  await db.key.upsert({
    where: { arn: row.arn },
    create: row,
    update: { listedAt: now(), goneAt: null },
  })
}

export async function putPolicy(key: number, at: number | null): Promise<void> {
  await putKey(key)
  const hash = at === null ? null : `h${at}`
  const before = await db.key.findUnique({
    where: { arn: arnOf(key) },
    select: { policyHash: true },
  })
  // The same text again begins no version, as a sweep writes it.
  if (hash !== null && before?.policyHash !== hash) {
    await db.policyDocument.upsert({
      where: { hash },
      create: { hash, text: policies[at ?? 0] ?? '' },
      update: {},
    })
    await db.policyVersion.create({
      data: { keyArn: arnOf(key), hash, firstSeenAt: now(), lastSeenAt: now() },
    })
  }
  await db.key.update({ where: { arn: arnOf(key) }, data: { policyHash: hash, policyAt: now() } })
}

export async function putGrant(
  key: number,
  id: number,
  grantee: string,
  isGone: boolean,
): Promise<void> {
  await putKey(key)
  const id2 = { keyArn: arnOf(key), grantId: `g${id}` }
  const facts = {
    granteePrincipal: grantee,
    operations: ['Decrypt'],
    observedAt: now(),
    goneAt: isGone ? now() : null,
  }
  await db.grant.upsert({
    where: { keyArn_grantId: id2 },
    update: facts,
    create: { ...id2, ...facts, accountId: keyRow(key).accountId, region, createdAt: now() },
  })
}

export async function putRole(
  account: string,
  document: number,
  isManaged: boolean,
  isGone: boolean,
): Promise<void> {
  const arn = role(account, 'app')
  const inlinePolicies = isManaged ? [] : [{ name: 'x', document: documents[document] ?? null }]
  const attachedPolicyArns = isManaged ? [managed] : []
  const details = {
    inlinePolicies,
    attachedPolicyArns,
    permissionsBoundaryArn: null,
    tags: {},
    trustPolicy: null,
    lastUsedAt: new Date(count() * 60_000).toISOString(),
  }
  const facts = { details, observedAt: now(), goneAt: isGone ? now() : null }
  const create = {
    arn,
    accountId: account,
    kind: 'role',
    name: 'app',
    path: '/',
    uniqueId: 'AROAX',
    ...facts,
  }
  await db.iamEntity.upsert({ where: { arn }, create, update: facts })
}

/** Of a policy that AWS manages every account's sweep tells how often it is attached there. */
export async function putManaged(document: number): Promise<void> {
  const details = {
    document: documents[document] ?? null,
    versionId: `v${count()}`,
    attachmentCount: count(),
  }
  const facts = { details, observedAt: now() }
  const create = {
    arn: managed,
    accountId: 'aws',
    kind: 'policy',
    name: 'Powerful',
    path: '/',
    uniqueId: 'ANPAX',
    ...facts,
  }
  await db.iamEntity.upsert({ where: { arn: managed }, create, update: facts })
}

function organizationOf(
  members: readonly string[],
  document: number,
): { nodes: NodeRow[]; policies: PolicyRow[] } {
  const node = (id: string, parentId: string | null): NodeRow => ({
    id,
    kind: parentId === null ? 'root' : 'account',
    name: id,
    parentId,
    scpIds: parentId === null ? [] : ['p-1'],
    rcpIds: [],
    problems: {},
  })
  return {
    nodes: [node('r-1', null), ...members.map((id) => node(id, 'r-1'))],
    policies: [
      {
        id: 'p-1',
        type: 'SERVICE_CONTROL_POLICY',
        name: 'p',
        awsManaged: false,
        content: documents[document] ?? null,
        problem: null,
      },
    ],
  }
}
export const putOrganization = (members: readonly string[], document: number) =>
  transaction((tx) => {
    const { nodes, policies: texts } = organizationOf(members, document)
    return writeOrganization(tx, { id: 'o-1', managementAccountId: '999988887777' }, nodes, texts, [
      'SERVICE_CONTROL_POLICY',
      'RESOURCE_CONTROL_POLICY',
    ])
  })

/** A person's word that the account is in no organization, or that word taken back. */
export const stateAlone = (account: string, isStated: boolean) =>
  sql.execute(
    `UPDATE "Account" SET "noOrganizationStatedAt" = CASE WHEN $2 THEN now() END,
     "noOrganizationStatedBy" = CASE WHEN $2 THEN 'somebody' END
   WHERE "id" = $1 AND "organizationId" IS NULL`,
    [account, isStated],
  )

export const decide = (key: number, principal: string) =>
  db.externalReview.create({
    data: {
      keyArn: arnOf(key),
      accountId: keyRow(key).accountId,
      principal,
      decision: 'toFix',
      reason: 'x',
      basis: 'x',
      reviewedById: '00000000-0000-4000-8000-000000000001',
      reviewedBy: 'ann@example.com',
    },
  })

/** Forgets every key and whatever the verdicts about it hang on. */
export async function clear(): Promise<void> {
  for (const table of [
    'Key',
    'Grant',
    'IamEntity',
    'Organization',
    'OrganizationNode',
    'OrganizationPolicy',
    'PolicyVersion',
    'ExternalReview',
  ]) {
    await sql.execute(`DELETE FROM "${table}"`)
  }
  await evaluateAllMarked()
  expect(await sql.query('SELECT 1 FROM derived.external_reach')).toEqual([])
}

/** How many keys wait to be evaluated. */
export const waiting = async () => (await readExternalCoverage({ all: true })).waiting
