// What a principal can do is answered for every key in the person's scope, however many there are,
// and the keys that are passed over are those of which the answer is certainly nothing.
import { beforeAll, expect, test } from 'vitest'
import { nobody, permitFor } from '../auth/test/permit'
import { freshDatabase } from '../db/test/database'
import { explainAccess } from './explain'
import { listKeysOf, type PrincipalAccess } from './of-principal'

const { sql } = await freshDatabase()

const [home, away, unread] = ['111111111111', '222222222222', '333333333333']
const app = `arn:aws:iam::${home}:role/team/app`
const session = `arn:aws:sts::${home}:assumed-role/app/job`
const stranger = `arn:aws:iam::${unread}:role/who`
const service = 's3.amazonaws.com'
const everything = permitFor(nobody, 'access.read')
const ordinary = 2_400
const isHome = (n: number) => n % 20 === 0
const ofHome = ordinary / 20

type Statement = Readonly<Record<string, unknown>>
const allow = (principal: unknown, more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Principal: principal,
  Action: ['kms:Decrypt', 'kms:DisableKey'],
  Resource: '*',
  ...more,
})
const root = (id: string) => ({ AWS: `arn:aws:iam::${id}:root` })
/** Keys of `away`, one for each way in or past; their names sort after those of all others. */
const special: Readonly<Record<string, { statements: Statement[]; grantee?: string }>> = {
  named: { statements: [allow({ AWS: app })] },
  trusted: { statements: [allow(root(home))] },
  anyone: { statements: [allow('*')] },
  tagged: {
    statements: [allow('*', { Condition: { StringEquals: { 'aws:ResourceTag/team': 'app' } } })],
  },
  inRegion: {
    statements: [
      allow({ AWS: app }, { Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } } }),
    ],
  },
  ofAccount: {
    statements: [
      allow({ AWS: app }, { Condition: { StringEquals: { 'aws:ResourceAccount': away } } }),
    ],
  },
  thisKey: {
    statements: [allow({ AWS: app }, { Resource: `arn:aws:kms:eu-west-1:${away}:key/z-thisKey` })],
  },
  notOther: {
    statements: [{ ...allow(undefined), Principal: undefined, NotPrincipal: { AWS: stranger } }],
  },
  service: { statements: [allow({ Service: service })] },
  strangers: { statements: [allow({ AWS: stranger })] },
  granted: { statements: [allow(root(away))], grantee: app },
  grantedSession: { statements: [allow(root(away))], grantee: session },
  grantedAccount: { statements: [allow(root(away))], grantee: `arn:aws:iam::${home}:root` },
  grantedService: { statements: [allow(root(away))], grantee: 'S3.amazonaws.com' },
  grantedOther: { statements: [allow(root(away))], grantee: stranger },
  closed: { statements: [allow(root(away))] },
  // The last of all by ARN.
  zz: { statements: [allow({ AWS: [app, stranger] })] },
}
const textOf = (statements: readonly Statement[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })

const fillKeys = `
  INSERT INTO "Key" (arn, "accountId", region, "keyId", "listedAt", "listedIn", "keyUsage",
    "keySpec", "keyManager", "keyState", "describedAt", aliases, "aliasesAt", tags, "policyHash",
    "policyAt", "grantsAt")
  SELECT 'arn:aws:kms:eu-west-1:' || k.account || ':key/' || k.id, k.account, 'eu-west-1', k.id,
    now(), 1, 'ENCRYPT_DECRYPT', 'SYMMETRIC_DEFAULT', 'CUSTOMER', 'Enabled', now(), '{}', now(),
    '{"team": "app"}', k.policy, now(), CASE WHEN k.id <> 'z-unread' THEN now() END
  FROM jsonb_to_recordset($1::jsonb) k(account text, id text, policy text)`

beforeAll(async () => {
  await sql.execute(
    `INSERT INTO "Account" (id, name, source, path, "onlyRegions", "noOrganizationAt")
     SELECT id, id, 'page', '{}', '{}', now() FROM unnest($1::text[]) id`,
    [[home, away]],
  )
  const texts = [
    { hash: 'own', text: textOf([allow(root(home))]) },
    { hash: 'foreign', text: textOf([allow(root(away))]) },
    ...Object.entries(special).map(([hash, { statements }]) => ({
      hash,
      text: textOf(statements),
    })),
  ]
  await sql.execute(
    `INSERT INTO "PolicyDocument" (hash, text) SELECT t.hash, t.text
     FROM jsonb_to_recordset($1::jsonb) t(hash text, text text)`,
    [JSON.stringify(texts)],
  )
  const keys = [
    ...Array.from({ length: ordinary }, (_, n) => ({
      account: isHome(n) ? home : away,
      id: `k${String(n).padStart(5, '0')}`,
      policy: isHome(n) ? 'own' : 'foreign',
    })),
    ...Object.keys(special).map((id) => ({ account: away, id: `z-${id}`, policy: id })),
    { account: away, id: 'z-hidden', policy: null },
    { account: away, id: 'z-unread', policy: 'foreign' },
  ]
  await sql.execute(fillKeys, [JSON.stringify(keys)])
  const grants = Object.entries(special).flatMap(([id, { grantee }]) =>
    grantee === undefined ? [] : [{ id, grantee, of: /::(\d{12}):/.exec(grantee)?.[1] ?? null }],
  )
  await sql.execute(
    `INSERT INTO "Grant" ("keyArn", "grantId", "accountId", region, "granteePrincipal",
      "granteeAccountId", operations, "issuerClass", "observedAt")
     SELECT 'arn:aws:kms:eu-west-1:' || $2 || ':key/z-' || g.id, g.id, $2, 'eu-west-1', g.grantee,
       g.of, '{Decrypt}', 'human', now()
     FROM jsonb_to_recordset($1::jsonb) g(id text, grantee text, of text)`,
    [JSON.stringify(grants), away],
  )
  const statement = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }
  await sql.execute(
    `INSERT INTO "IamEntity" (arn, "accountId", kind, name, path, "uniqueId", details, "observedAt")
     VALUES ($1, $2, 'role', 'app', '/team/', 'AROA1', $3::jsonb, now())`,
    [
      app,
      home,
      JSON.stringify({
        inlinePolicies: [{ name: 'own', document: textOf([statement]) }],
        attachedPolicyArns: [],
        permissionsBoundaryArn: null,
        tags: {},
        trustPolicy: null,
      }),
    ],
  )
})

type Only = 'all' | 'reached' | 'decrypt'
async function readAll(principal: string, only: Only, permit = everything) {
  const rows: PrincipalAccess['rows'] = []
  for (let page = 1; ; page += 1) {
    const answer = await listKeysOf(permit, { principal, page, only })
    expect(answer.isCut).toBe(false)
    rows.push(...answer.rows)
    if (answer.rows.length === 0 || rows.length >= answer.reached) return { rows, answer }
  }
}

test('IAM was read when the last sweep of it was, though nothing in it changed', async () => {
  await sql.execute(`INSERT INTO "LastRead" ("accountId", region, slice, "iamAt")
    VALUES ('${home}', '', 0, '2026-11-30T10:00:00Z')`)
  await sql.execute(`UPDATE "IamEntity" SET "observedAt" = '2026-08-01T10:00:00Z'`)
  const { readAt } = await listKeysOf(everything, { principal: app, page: 1, only: 'reached' })
  expect(readAt.iam).toBe('2026-11-30T10:00:00.000Z')
})

test('every key is answered for, the last by ARN among them, and the counts are of all', async () => {
  const total = ordinary + Object.keys(special).length + 2
  const { rows, answer } = await readAll(app, 'reached')
  expect(answer.weighed).toBe(total)
  expect(rows).toHaveLength(answer.reached)
  expect(rows.at(-1)?.keyId).toBe('z-zz')
  expect(rows.filter(({ accountId }) => accountId === home)).toHaveLength(ofHome)
  expect(rows.map(({ arn }) => arn)).toEqual(rows.map(({ arn }) => arn).toSorted())
  const decrypt = await readAll(app, 'decrypt')
  expect(decrypt.rows).toHaveLength(decrypt.answer.counts.decrypt)
})

const cellsOf: Readonly<Record<string, readonly string[]>> = {
  allow: ['yes', 'delegated'],
  depends: ['conditional'],
  deny: ['no'],
  // Of an account that is not seen, all but its own policies being known.
  unknown: ['unknown', 'delegated', 'conditional', 'no'],
}

test('what is listed is what each key by itself answers, for every way in and past', async () => {
  for (const principal of [app, session, stranger, service, '*', `arn:aws:iam::${home}:root`]) {
    const { rows } = await readAll(principal, 'reached')
    const found = new Map(rows.map(({ keyId, cells }) => [keyId, cells.decrypt]))
    for (const id of [...Object.keys(special), 'hidden', 'unread']) {
      const place = { accountId: away, region: 'eu-west-1', keyId: `z-${id}` }
      const { result } = await explainAccess(everything, place, {
        principal,
        action: 'kms:Decrypt',
      })
      const cell = found.get(`z-${id}`) ?? 'no'
      expect({ principal, id, cell, isSame: cellsOf[result]?.includes(cell) }).toEqual({
        principal,
        id,
        cell,
        isSame: true,
      })
    }
  }
})

test('no key is passed over that has something to say', async () => {
  const last = Math.ceil((ordinary + Object.keys(special).length + 2) / 50)
  for (const principal of [app, session, stranger, service, '*']) {
    const pages = await Promise.all(
      [last - 1, last].map((page) => listKeysOf(everything, { principal, page, only: 'all' })),
    )
    const some = pages
      .flatMap(({ rows }) => rows)
      .filter(({ keyId }) => keyId.startsWith('z-'))
      .filter(({ cells }) => Object.values(cells).some((cell) => cell !== 'no'))
    const { rows } = await readAll(principal, 'reached')
    const reached = rows.filter(({ keyId }) => keyId.startsWith('z-'))
    expect([principal, reached.map(({ keyId }) => keyId)]).toEqual([
      principal,
      some.map(({ keyId }) => keyId),
    ])
  }
})

test('a person sees the keys of their own accounts', async () => {
  const onlyAway = permitFor(nobody, 'access.read', { all: false, accountIds: [away] })
  const { rows, answer } = await readAll(app, 'reached', onlyAway)
  expect(answer.weighed).toBe(ordinary - ofHome + Object.keys(special).length + 2)
  expect(new Set(rows.map(({ accountId }) => accountId))).toEqual(new Set([away]))
  expect(rows.at(-1)?.keyId).toBe('z-zz')
  const [first] = (await listKeysOf(onlyAway, { principal: app, page: 1, only: 'all' })).rows
  expect(first?.accountId).toBe(away)
})
