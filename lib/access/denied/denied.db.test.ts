import { beforeAll, expect, test } from 'vitest'
import { permitFor } from '@/lib/auth/test/permit'
import { freshDatabase } from '@/lib/db/test/database'
import { readHeld } from '../held/read-held'
import { narrow } from '../held/held'
import { judgeNow } from './judge-now'

const { db } = await freshDatabase()
const ann = { id: '00000000-0000-4000-8000-000000000001', email: '', name: 'Ann', assigned: [] }
const [own, other] = ['111122223333', '444455556666']
const inOwn = permitFor(ann, 'access.read', { all: false, accountIds: [own] })
const keyOf = (keyId: string) => `arn:aws:kms:eu-west-1:${own}:key/${keyId}`
const role = (name: string) => `arn:aws:iam::${own}:role/${name}`
const now = new Date()

const statement = (more: object) => ({
  Effect: 'Allow',
  Principal: { AWS: '*' },
  Action: 'kms:*',
  Resource: '*',
  ...more,
})
const policies: Record<string, object[]> = {
  open: [statement({ Principal: { AWS: role('app') } })],
  shut: [
    statement({ Principal: { AWS: role('app') } }),
    statement({ Sid: 'NoDecrypt', Effect: 'Deny', Action: 'kms:Decrypt' }),
  ],
  silent: [statement({ Principal: { AWS: role('another') } })],
  s3: [
    statement({
      Principal: { AWS: role('app') },
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
    }),
  ],
}

beforeAll(async () => {
  for (const [keyId, statements] of Object.entries(policies)) {
    const text = JSON.stringify({ Version: '2012-10-17', Statement: statements })
    await db.policyDocument.create({ data: { hash: keyId, text } })
    await db.key.create({
      data: {
        arn: keyOf(keyId),
        accountId: own,
        region: 'eu-west-1',
        keyId,
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
  await db.account.create({
    data: { id: own, name: 'own', source: 'page', path: [], noOrganizationAt: now },
  })
  await db.iamEntity.create({
    data: {
      arn: role('app'),
      accountId: own,
      kind: 'role',
      name: 'app',
      path: '/',
      uniqueId: 'AROAAPP',
      observedAt: now,
      details: {
        inlinePolicies: [{ name: 'use', document: JSON.stringify(held) }],
        attachedPolicyArns: [],
        permissionsBoundaryArn: null,
        tags: {},
        trustPolicy: null,
      },
    },
  })
})

const held = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Use',
      Effect: 'Allow',
      Action: ['s3:GetObject', 'kms:*crypt*', 'kms:SynchronizeMultiRegionKey'],
      Resource: '*',
    },
    { Effect: 'Allow', Action: 'kms:PutKeyPolicy', Resource: '*' },
    { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' },
    { Effect: 'Deny', Action: 'kms:Sign', Resource: '*' },
  ],
}

test('a refused call is judged by what is read now: mended, denied by whom, or not allowed', async () => {
  const ask = (key: string, more: object = {}) => ({
    principal: role('app'),
    key: keyOf(key),
    operation: 'Decrypt',
    via: null,
    ...more,
  })
  const [open, shut, silent, direct, throughS3, gone] = await judgeNow(inOwn, [
    ask('open'),
    ask('shut'),
    ask('silent'),
    ask('s3'),
    ask('s3', { via: 's3.amazonaws.com' }),
    ask('nowhere'),
  ])
  expect(open).toMatchObject({ result: 'allow', policyAt: now.toISOString() })
  expect(shut).toMatchObject({ result: 'deny', explicitDeny: true })
  expect(shut?.text).toContain('NoDecrypt')
  expect(silent).toMatchObject({ result: 'deny', explicitDeny: false })
  expect([direct?.result, throughS3?.result]).toEqual(['deny', 'allow'])
  expect(gone).toMatchObject({ result: 'unknown', policyAt: null })
  const elsewhere = permitFor(ann, 'access.read', { all: false, accountIds: [other] })
  expect(await judgeNow(elsewhere, [ask('open')])).toMatchObject([{ result: 'unknown' }])
})

test('permissions that were held and not used are named, with the statement without them', async () => {
  const found = await readHeld(inOwn, role('app'))
  if (found.kind !== 'known') throw new Error(found.why)
  const [use, put, wide, ...rest] = narrow(found.statements, ['Decrypt', 'ReEncrypt'])
  expect(rest).toEqual([])
  expect(use?.statement.actions).toEqual(['Decrypt', 'Encrypt', 'ReEncryptFrom', 'ReEncryptTo'])
  expect(use?.unused).toEqual(['Encrypt'])
  expect(JSON.parse(use?.proposal ?? '')).toEqual({
    Sid: 'Use',
    Effect: 'Allow',
    // CloudTrail tells nothing of the last one: it stays.
    Action: [
      's3:GetObject',
      'kms:Decrypt',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
      'kms:SynchronizeMultiRegionKey',
    ],
    Resource: '*',
  })
  expect(put).toMatchObject({ unused: ['PutKeyPolicy'], proposal: null })
  expect(wide).toMatchObject({ statement: { isWide: true }, proposal: null })
})

test('what a principal holds is unknown where its account is out of scope, or it is not known', async () => {
  const elsewhere = permitFor(ann, 'access.read', { all: false, accountIds: [other] })
  expect((await readHeld(elsewhere, role('app'))).kind).toBe('unknown')
  expect((await readHeld(inOwn, role('gone'))).kind).toBe('unknown')
})
