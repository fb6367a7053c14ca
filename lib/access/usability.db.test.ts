import { beforeAll, expect, test } from 'vitest'
import { nobody, permitFor } from '../auth/test/permit'
import { freshDatabase } from '../db/test/database'
import { compareKeys } from './compare-keys'
import { explainAccess } from './explain'
import { exportAccess } from './export-access'
import { listKeysOf } from './of-principal'
import { listAccess } from './table'

const { db } = await freshDatabase()

const [accountId, region] = ['111122223333', 'eu-west-1']
const user = `arn:aws:iam::${accountId}:user/svc`
const placeOf = (keyId: string) => ({ accountId, region, keyId })
const arnOf = (keyId: string) => `arn:aws:kms:${region}:${accountId}:key/${keyId}`
const states = [
  'Enabled',
  'Disabled',
  'PendingDeletion',
  'PendingImport',
  'Unavailable',
  null,
] as const
const idOf = (state: string | null) => `key-${state ?? 'unread'}`

beforeAll(async () => {
  const now = new Date()
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: user },
        Action: ['kms:Decrypt', 'kms:PutKeyPolicy', 'kms:EnableKeyRotation'],
        Resource: '*',
      },
    ],
  })
  await db.account.create({
    data: { id: accountId, name: 'one', source: 'page', path: [], onlyRegions: [] },
  })
  // Control policies do not bind the management account.
  await db.organization.create({
    data: { id: 'o-1', managementAccountId: accountId, observedAt: now },
  })
  await db.policyDocument.create({ data: { hash: 'h', text } })
  await db.iamEntity.create({
    data: {
      arn: user,
      accountId,
      kind: 'user',
      name: 'svc',
      path: '/',
      uniqueId: 'AIDA1',
      observedAt: now,
      details: {
        inlinePolicies: [],
        attachedPolicyArns: [],
        permissionsBoundaryArn: null,
        tags: {},
        groups: [],
      },
    },
  })
  for (const keyState of states) {
    await db.key.create({
      data: {
        arn: arnOf(idOf(keyState)),
        accountId,
        region,
        keyId: idOf(keyState),
        listedAt: now,
        listedIn: 1n,
        keyUsage: 'ENCRYPT_DECRYPT',
        keySpec: 'SYMMETRIC_DEFAULT',
        keyManager: 'CUSTOMER',
        keyState,
        describedAt: keyState === null ? null : now,
        aliases: [],
        policyHash: 'h',
        policyAt: now,
        grantsAt: now,
      },
    })
  }
})

const ask = (state: string | null, action: string) =>
  explainAccess(permitFor(nobody, 'access.read'), placeOf(idOf(state)), {
    principal: user,
    action,
    complete: true,
  })

test('the verdict tells permission and usability apart, by operation and state', async () => {
  for (const state of states) {
    const { use } = await ask(state, 'kms:Decrypt')
    expect(use.is).toBe(state === 'Enabled' ? 'usable' : state === null ? 'unknown' : 'unusable')
    expect(await ask(state, 'kms:PutKeyPolicy')).toMatchObject({ use: { is: 'usable' } })
  }
  expect(await ask('PendingDeletion', 'kms:Decrypt')).toMatchObject({
    use: {
      words: 'the key is pending deletion',
      error: 'KMSInvalidStateException',
      keyState: 'PendingDeletion',
    },
  })
})

test('the matrix of a key says of each cell whether AWS takes it now, and the file says the same', async () => {
  const shown = {
    Enabled: 'yes',
    Disabled: 'no',
    PendingDeletion: 'no',
    PendingImport: 'no',
    Unavailable: 'no',
    unread: 'unknown',
  }
  for (const state of states) {
    const { rows, keyState, gaps } = await listAccess(
      permitFor(nobody, 'access.read'),
      placeOf(idOf(state)),
    )
    const row = rows.find(({ id }) => id === user) ?? expect.fail('no row')
    expect(keyState).toBe(state)
    expect(row.cells.decrypt).not.toBe('no')
    expect(row.uses).toMatchObject({
      decrypt: state === 'Enabled' ? 'usable' : state === null ? 'unknown' : 'unusable',
      changePolicy: 'usable',
    })
    expect(row.uses).not.toHaveProperty('encrypt') // refused by policy, so there is nothing to use
    expect(gaps.some((gap) => gap.includes('state of the key'))).toBe(state === null)
    const csv = await exportAccess(permitFor(nobody, 'keys.export'), placeOf(idOf(state)))
    const [head = [], ...lines] = csv
      .trimEnd()
      .split('\r\n')
      .map((line) => line.replace('\ufeff', '').split(','))
    const line = lines.find((cells) => cells.includes(user)) ?? expect.fail('no line')
    const cell = (name: string) => line[head.indexOf(name)]
    expect(cell('keyState')).toBe(state ?? 'unknown')
    expect(cell('decryptUsableNow')).toBe(shown[state ?? 'unread'])
    expect(cell('changePolicyUsableNow')).toBe('yes')
    expect(cell('encryptUsableNow')).toBe('')
  }
})

test('the counts by principal are those of the table they open, and tell the unusable apart', async () => {
  const all = await listKeysOf(permitFor(nobody, 'access.read'), {
    principal: user,
    page: 1,
    only: 'all',
  })
  expect(all.counts).toMatchObject({
    decrypt: 6,
    decryptNotNow: { unusable: 4, unknown: 1 },
    // The policy can be put in every state.
    administer: 6,
    administerNotNow: { unusable: 0, unknown: 0 },
  })
  const opened = await listKeysOf(permitFor(nobody, 'access.read'), {
    principal: user,
    page: 1,
    only: 'decrypt',
  })
  expect(opened.reached).toBe(all.counts.decrypt)
  const notNow = opened.rows
    .filter(({ uses }) => uses.decrypt === 'unusable')
    .map(({ keyState }) => keyState)
  expect(notNow.toSorted()).toEqual(['Disabled', 'PendingDeletion', 'PendingImport', 'Unavailable'])
})

test('two keys that allow the same differ where only one of them is usable', async () => {
  const {
    rows,
    same,
    states: compared,
  } = await compareKeys(
    permitFor(nobody, 'access.read'),
    arnOf('key-Enabled'),
    arnOf('key-Disabled'),
  )
  expect(compared).toEqual(['Enabled', 'Disabled'])
  const row = rows.find(({ id }) => id === user) ?? expect.fail('no difference')
  expect(row.differs).toContain('decrypt')
  expect(row.differs).not.toContain('changePolicy')
  expect([row.usesA.decrypt, row.usesB.decrypt]).toEqual(['usable', 'unusable'])
  expect(same).toBe(
    (await listAccess(permitFor(nobody, 'access.read'), placeOf('key-Enabled'))).rows.length -
      rows.length,
  )
})
