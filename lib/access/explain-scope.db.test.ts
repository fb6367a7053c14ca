import { beforeAll, expect, test } from 'vitest'
import { permitFor } from '../auth/test/permit'
import { freshDatabase } from '../db/test/database'
import { explainAccess } from './explain'
import { listKeysOf } from './of-principal'
import { listAccess } from './table'

const { db } = await freshDatabase()
const ann = {
  id: '00000000-0000-4000-8000-000000000001',
  email: 'ann@example.com',
  name: 'Ann',
  assigned: [],
}
const [own, member, named, stranger] = [
  '111122223333',
  '444455556666',
  '222233334444',
  '888877776666',
]
const onlyOwn = permitFor(ann, 'access.read', { all: false, accountIds: [own] })
const everything = permitFor(ann, 'access.read')
const roleOf = (account: string) => `arn:aws:iam::${account}:role/app`
const place = (keyId: string) => ({ accountId: own, region: 'eu-west-1', keyId })
const secret = 'FOREIGNSECRETSCP'

beforeAll(async () => {
  const now = new Date()
  await db.organization.create({
    data: { id: 'o-1', managementAccountId: '999988887777', observedAt: now },
  })
  const deny = {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' },
      { Sid: secret, Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*' },
    ],
  }
  await db.organizationPolicy.create({
    data: {
      id: 'p-1',
      type: 'SERVICE_CONTROL_POLICY',
      name: 'secret',
      awsManaged: false,
      content: JSON.stringify(deny),
      observedAt: now,
    },
  })
  const nodes = [
    ['r-1', null],
    ['ou-hidden', 'r-1'],
    [own, 'r-1'],
    [member, 'ou-hidden'],
    [named, 'ou-hidden'],
  ] as const
  for (const [id, parentId] of nodes) {
    const scpIds = id === 'ou-hidden' ? ['p-1'] : []
    await db.organizationNode.create({
      data: { id, parentId, kind: 'x', name: id, scpIds, rcpIds: [], observedAt: now },
    })
  }
  const allow = (AWS: string, more: object = {}) => ({
    Effect: 'Allow',
    Principal: { AWS },
    Action: 'kms:Decrypt',
    Resource: '*',
    ...more,
  })
  const family = { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }
  const policies: Record<string, object[]> = {
    named: [allow(roleOf(named))],
    family: [allow('*', family)],
  }
  for (const [keyId, statements] of Object.entries(policies)) {
    const text = JSON.stringify({
      Version: '2012-10-17',
      Statement: [allow(`arn:aws:iam::${own}:root`), ...statements],
    })
    await db.policyDocument.create({ data: { hash: keyId, text } })
    await db.key.create({
      data: {
        arn: `arn:aws:kms:eu-west-1:${own}:key/${keyId}`,
        ...place(keyId),
        listedAt: now,
        listedIn: 1n,
        keyUsage: 'ENCRYPT_DECRYPT',
        keySpec: 'SYMMETRIC_DEFAULT',
        keyManager: 'CUSTOMER',
        policyHash: keyId,
        policyAt: now,
        grantsAt: now,
      },
    })
  }
})

const explain = (permit: typeof onlyOwn, keyId: string, account: string) =>
  explainAccess(permit, place(keyId), { principal: roleOf(account), action: 'kms:Decrypt' })

test('who sees one account cannot tell a member account from a stranger by any answer about its keys', async () => {
  for (const keyId of ['named', 'family']) {
    const [ofMember, ofStranger] = await Promise.all(
      [member, stranger].map(async (account) => {
        const { readAt: _, ...answer } = await explain(onlyOwn, keyId, account)
        return JSON.stringify(answer).replaceAll(account, 'ACCOUNT')
      }),
    )
    expect(ofMember).toBe(ofStranger)
    expect(ofMember).toContain('"nearness":"elsewhere"')
    expect(ofMember).not.toMatch(/FOREIGNSECRETSCP|ou-hidden/)
  }
  const [rowsOfMember, rowsOfStranger] = await Promise.all(
    [member, stranger].map(async (account) =>
      (await listKeysOf(onlyOwn, { principal: roleOf(account), page: 1, only: 'all' })).rows.map(
        ({ cells }) => cells,
      ),
    ),
  )
  expect(rowsOfMember).toEqual(rowsOfStranger)
  expect((await explain(everything, 'family', member)).principal.nearness).toBe('organization')
  expect((await explain(everything, 'family', stranger)).principal.nearness).toBe('outside')
})

test('about an account that an own key names the verdict stands, without the policy it comes from', async () => {
  const whole = await explain(everything, 'named', named)
  expect(whole).toMatchObject({
    result: 'deny',
    explicitDeny: true,
    reasons: [expect.objectContaining({ sid: secret, document: expect.stringContaining(secret) })],
  })
  const limited = await explain(onlyOwn, 'named', named)
  expect(limited).toMatchObject({
    result: 'deny',
    explicitDeny: true,
    principal: { nearness: 'organization' },
  })
  expect(limited.reasons).toEqual([
    expect.objectContaining({
      source: 'serviceControlPolicies',
      text: expect.stringContaining('You do not see that account'),
      sid: null,
      path: '',
      index: 0,
      document: null,
      title: null,
    }),
  ])
  expect(JSON.stringify(limited)).not.toMatch(/FOREIGNSECRETSCP|ou-hidden/)
})

test('the table of a key, by key and by principal, agrees with the answer', async () => {
  const { rows } = await listAccess(onlyOwn, place('named'))
  const row = rows.find(({ id }) => id === roleOf(named))
  const [byPrincipal] = (
    await listKeysOf(onlyOwn, { principal: roleOf(named), page: 1, only: 'all' })
  ).rows.filter(({ keyId }) => keyId === 'named')
  expect(row?.cells.decrypt ?? 'no').toBe('no')
  expect(byPrincipal?.cells.decrypt).toBe('no')
})
