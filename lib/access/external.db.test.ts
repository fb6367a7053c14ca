import { beforeAll, expect, test } from 'vitest'
import type { Scope } from '../auth/permissions'
import { permitFor } from '../auth/test/permit'
import { freshDatabase } from '../db/test/database'
import { AppError } from '../errors'
import { exportAccess } from './export-access'
import { evaluateAllMarked } from './evaluate-keys'
import { exportExternal } from './export-external'
import { externalSource } from './external-source'
import { readTable } from '@/lib/table-source/source'
import { listKeysOf } from './of-principal'
import { listOutsiders } from './outsiders'
import { decryptableBy, keysOf } from './outsider-links'
import { externalTable } from '@/lib/access/external-table'
import { toDownload } from '../table/download'
import { parseTableState } from '../table/state'
import { reviewExternal } from './review-external'

const { db, sql } = await freshDatabase()
const ann = {
  id: '00000000-0000-4000-8000-000000000001',
  email: 'ann@example.com',
  name: 'Ann',
  assigned: [],
}
const everywhere: Scope = { all: true }
const [own, other] = ['111122223333', '444455556666']
const arnOf = (id: string, account: string) => `arn:aws:kms:eu-west-1:${account}:key/${id}`
const carrier = 'arn:aws:iam::881264037715:role/carrier'
const open = arnOf('open', own)
const allow = (principal: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Principal: principal,
  Action: ['kms:Decrypt', 'kms:DescribeKey'],
  Resource: '*',
  ...more,
})

async function addKey(id: string, account: string, statements: object[]): Promise<void> {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  const now = new Date()
  await db.policyDocument.upsert({
    where: { hash: `h${id}` },
    create: { hash: `h${id}`, text },
    update: { text },
  })
  await db.key.create({
    data: {
      arn: arnOf(id, account),
      accountId: account,
      region: 'eu-west-1',
      keyId: id,
      listedAt: now,
      listedIn: 1n,
      keyUsage: 'ENCRYPT_DECRYPT',
      keySpec: 'SYMMETRIC_DEFAULT',
      keyManager: 'CUSTOMER',
      aliases: [`alias/=${id}`],
      policyHash: `h${id}`,
      policyAt: now,
      grantsAt: now,
    },
  })
  await db.policyVersion.create({
    data: {
      keyArn: arnOf(id, account),
      hash: `h${id}`,
      firstSeenAt: new Date('2026-03-01T00:00:00Z'),
      lastSeenAt: now,
    },
  })
}

beforeAll(async () => {
  await db.organization.create({
    data: { id: 'o-1', managementAccountId: '999988887777', observedAt: new Date() },
  })
  for (const [id, parentId] of [
    ['r-1', null],
    [own, 'r-1'],
    [other, 'r-1'],
  ] as const) {
    await db.organizationNode.create({
      data: { id, parentId, kind: 'x', name: id, scpIds: [], rcpIds: [], observedAt: new Date() },
    })
  }
  const root = allow({ AWS: `arn:aws:iam::${own}:root` })
  await addKey('open', own, [
    root,
    allow(
      { AWS: carrier },
      { Sid: 'Carrier', Condition: { StringEquals: { 'kms:EncryptionContext:shipment': 'x' } } },
    ),
  ])
  await addKey('closed', own, [
    root,
    allow('*', {
      Condition: {
        StringEquals: { 'kms:CallerAccount': own, 'kms:ViaService': 's3.eu-west-1.amazonaws.com' },
      },
    }),
  ])
  await addKey('family', own, [
    root,
    allow('*', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
  ])
  await addKey('public', other, [allow('*')])
})

const read = async (scope: Scope, search: Record<string, string> = {}) => {
  await evaluateAllMarked()
  return readTable(externalSource, permitFor(ann, 'access.read', scope), search)
}
const reaches = async (scope: Scope) =>
  (await read(scope)).rows
    .map(({ keyArn, principal, nearness }) => `${keyArn.split('/')[1]} ${principal} ${nearness}`)
    .sort()

test('outsiders are found by policy, told from the organization, and only within the person’s scope', async () => {
  expect(await reaches(everywhere)).toEqual([
    'family * organization',
    `open ${carrier} outside`,
    'public * anyone',
  ])
  expect(await reaches({ all: false, accountIds: [own] })).toEqual([
    'family * organization',
    `open ${carrier} outside`,
  ])
  const { rows } = await read(everywhere)
  const row = rows.find(({ keyArn }) => keyArn === open)
  expect(row?.conditions.join()).toContain('kms:EncryptionContext:shipment')
  expect(row?.through).toMatchObject([
    { kind: 'statement', name: 'Carrier', since: '2026-03-01T00:00:00.000Z' },
  ])
})

test('a review is written with its audit entry, ends, and no longer counts when another road opens', async () => {
  const find = async () => (await read(everywhere)).rows.find(({ keyArn }) => keyArn === open)
  const before = await find()
  if (!before) throw new Error('not found')
  const decide = (scope: Scope, more: object = {}) =>
    reviewExternal(permitFor(ann, 'external.review', scope), {
      keyArn: open,
      principal: carrier,
      basis: before.basis,
      decision: 'accepted',
      reason: 'contract',
      until: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10),
      ...more,
    })
  await expect(decide({ all: false, accountIds: [other] })).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(decide(everywhere, { until: null })).rejects.toMatchObject({ code: 'invalid' })
  await expect(decide(everywhere, { until: '2020-01-01' })).rejects.toMatchObject({
    code: 'invalid',
  })
  await expect(decide(everywhere, { basis: '0'.repeat(64) })).rejects.toBeInstanceOf(AppError)
  expect(await sql.query('SELECT 1 FROM "ExternalReview"')).toEqual([])
  await decide({ all: false, accountIds: [own] })
  expect((await find())?.state).toBe('accepted')
  expect(await sql.query('SELECT "event", "keyArn" FROM "AuditEntry"')).toEqual([
    { event: 'externalAccess.accepted', keyArn: open },
  ])
  await sql.execute(`UPDATE "ExternalReview" SET "until" = now() - interval '1 second'`)
  expect((await find())?.state).toBe('ended')
  await decide(everywhere)
  await db.grant.create({
    data: {
      keyArn: open,
      grantId: 'g1',
      accountId: own,
      region: 'eu-west-1',
      granteePrincipal: carrier,
      operations: ['Decrypt'],
      observedAt: new Date(),
    },
  })
  expect((await find())?.state).toBe('changed')
})

test('every property filters, every column sorts, counts are what filters show, no page loses a row', async () => {
  const { rows, total, facets, query } = await read(everywhere)
  expect([rows.length, total, query]).toEqual([3, 3, ''])
  for (const { id, sortable } of externalTable.columns) {
    if (sortable)
      for (const sort of [id, `-${id}`])
        expect((await read(everywhere, { sort })).rows.length).toBe(3)
  }
  for (const [property, { kind }] of Object.entries(externalTable.properties)) {
    const value = kind === 'date' ? '2026-01-01' : kind === 'number' ? '3' : 'x'
    expect((await read(everywhere, { filter: `${property}.eq.${value}` })).problems).toEqual([])
  }
  for (const [facet, counts] of Object.entries(facets)) {
    for (const { value, count } of counts) {
      const shown = await read(everywhere, { filter: `${facet}.eq.${value}` })
      expect({ facet, value, count: shown.total }).toEqual({ facet, value, count })
    }
  }
  expect((await read(everywhere, { q: 'CARRIER' })).rows.map(({ keyArn }) => keyArn)).toEqual([
    open,
  ])
  expect((await read(everywhere)).rows.map(({ nearness }) => nearness)).toEqual([
    'anyone',
    'outside',
    'organization',
  ])
})

test('the export holds the rows of the scope and has an audit entry that says how many', async () => {
  const { state } = parseTableState(externalTable, {})
  const within = permitFor(ann, 'keys.export', { all: false, accountIds: [own] })
  const csv = await toDownload(await exportExternal(within, state, 'csv'), 'external', 'csv').text()
  expect(csv.trim().split('\n').length).toBe(3)
  expect(csv).not.toContain(other)
  expect(csv.split(/[,\r\n]+/).filter((cell) => /^"?[=+\-@]/.test(cell))).toEqual([])
  const json: { principal: string }[] = JSON.parse(
    await toDownload(await exportExternal(within, state, 'json'), 'external', 'json').text(),
  )
  expect(json.map(({ principal }) => principal).sort()).toEqual(['*', carrier])
  const entries = await sql.query<{ rows: number }>(
    `SELECT ("body"::jsonb -> 'data' ->> 'rows')::int AS rows FROM "AuditEntry"
      WHERE "event" = 'externalAccess.exported'`,
  )
  expect(entries).toEqual([{ rows: 2 }, { rows: 2 }])
})

test('an export under way neither loses nor repeats rows when others end or begin beside it', async () => {
  await evaluateAllMarked()
  const count = 1_200
  const addFacts = (account: string, name: string) =>
    sql.execute(
      `INSERT INTO derived.external_reach SELECT (jsonb_populate_record(r, jsonb_build_object(
       'principal', p.name, 'account', $1::text,
       'reach', r.reach || jsonb_build_object('principal', p.name)))).*
     FROM derived.external_reach r,
       (SELECT $2 || to_char(n, 'FM0000') AS name FROM generate_series(1, ${count}) n) p
     WHERE r.key_arn = $3 AND r.principal = $4`,
      [account, name, open, carrier],
    )
  const many = '777788889999'
  await addFacts(many, 'p')
  const { state } = parseTableState(externalTable, { sort: 'principal', columns: 'region' })
  const within = permitFor(ann, 'keys.export', { all: false, accountIds: [many] })
  const pieces = await exportExternal(within, state, 'csv')
  const seen = [await pieces.next(), await pieces.next()].map(({ value }) => value ?? '')
  await sql.execute(
    `DELETE FROM derived.external_reach WHERE account = $1 AND principal <= 'p0100'`,
    [many],
  )
  await addFacts(many, 'o')
  for await (const piece of pieces) seen.push(piece)
  const principals = seen
    .join('')
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',')[1])
  await sql.execute('DELETE FROM derived.external_reach WHERE account = $1', [many])
  expect(principals).toEqual(
    Array.from({ length: count }, (_, at) => `p${String(at + 1).padStart(4, '0')}`),
  )
  const [entry] = await sql.query<{ rows: number }>(
    `SELECT ("body"::jsonb -> 'data' ->> 'rows')::int AS rows FROM "AuditEntry"
     WHERE "event" = 'externalAccess.exported' ORDER BY "seq" DESC LIMIT 1`,
  )
  expect(entry).toEqual({ rows: count })
})

test('how many keys a principal can decrypt with is how many rows its link opens', async () => {
  await read(everywhere)
  const { rows } = await listOutsiders(permitFor(ann, 'access.read', everywhere))
  expect(rows.length).toBeGreaterThan(1)
  for (const { principal, keys, decrypts } of rows) {
    const shown = async (href: string) =>
      await read(everywhere, Object.fromEntries(new URL(href, 'http://x').searchParams))
    const [all, some] = [await shown(keysOf(principal)), await shown(decryptableBy(principal))]
    expect({ principal, keys: all.total, decrypts: some.total, problems: some.problems }).toEqual({
      principal,
      keys,
      decrypts,
      problems: [],
    })
  }
})

test('the keys of a principal are those in the person’s scope, and the CSV has no formula in it', async () => {
  const all = await listKeysOf(permitFor(ann, 'access.read', everywhere), {
    principal: carrier,
    page: 1,
    only: 'decrypt',
  })
  // Which organization an account that is not connected belongs to is not known, so a
  // condition on it stays open.
  expect(all.rows.map(({ keyId, cells }) => `${keyId} ${cells.decrypt}`).sort()).toEqual([
    'family conditional',
    'open delegated',
    'public delegated',
  ])
  const part = await listKeysOf(permitFor(ann, 'access.read', { all: false, accountIds: [own] }), {
    principal: carrier,
    page: 1,
    only: 'all',
  })
  expect(part.weighed).toBe(3)
  await expect(
    listKeysOf(permitFor(ann, 'access.read', everywhere), {
      principal: 'nobody',
      page: 1,
      only: 'all',
    }),
  ).rejects.toMatchObject({ code: 'invalid' })
  const csv = await exportAccess(permitFor(ann, 'keys.export', everywhere), {
    accountId: own,
    region: 'eu-west-1',
    keyId: 'open',
  })
  expect(csv).toContain(carrier)
  expect(csv.split(/[,\r\n]+/).filter((cell) => /^"?[=+\-@]/.test(cell))).toEqual([])
})

test('an acceptance holds exactly until its end', async () => {
  const until = new Date('2026-11-01T00:00:00Z')
  const stateAt = async (ms: number) => {
    await sql.execute(`CREATE OR REPLACE FUNCTION claviger_now() RETURNS timestamptz LANGUAGE sql STABLE AS
      $$ SELECT '${new Date(until.getTime() + ms).toISOString()}'::timestamptz $$`)
    return (await read(everywhere)).rows.find(({ keyArn }) => keyArn === open)?.state
  }
  await db.grant.deleteMany()
  await sql.execute('UPDATE "ExternalReview" SET "until" = $1', [until])
  expect([await stateAt(-1), await stateAt(0)]).toEqual(['accepted', 'ended'])
  await sql.execute(
    'CREATE OR REPLACE FUNCTION claviger_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ ' +
      'SELECT clock_timestamp() $$',
  )
})

test('the last day of an acceptance is measured by the database’s clock', async () => {
  await sql.execute(
    'CREATE OR REPLACE FUNCTION claviger_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ ' +
      "SELECT '2036-01-01T00:00:00Z'::timestamptz $$",
  )
  const decided = reviewExternal(permitFor(ann, 'external.review', everywhere), {
    keyArn: open,
    principal: carrier,
    basis: '0'.repeat(64),
    decision: 'accepted',
    reason: 'contract',
    until: '2035-12-31',
  })
  await expect(decided).rejects.toThrow('The last day is over already.')
})
