import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { freshDatabase } from '@/lib/db/test/database'
import { toDownload } from '@/lib/table/download'
import { grantsTable } from '@/lib/grants/grants-table'
import { parseTableState } from '@/lib/table/state'
import { kindNames, namesOf } from '../changes/kinds/registry'
import { explainFlag, grantFlags, type GrantFlag, type GranteeExists } from './flags'
import { exportGrants } from './export'
import type { GrantsRow } from './row'
import { readGrantsOfKey } from './rows'
import { grantsSource } from './grants-source'
import { readTable } from '@/lib/table-source/source'

const { sql } = await freshDatabase()
const everything = permitFor(nobody, 'grants.read')

// ── A small random fleet, and what a person would say of each grant
// ────────────────────────────────────────────────────
const [here, read, unread] = ['111111111111', '222222222222', '333333333333']
const day = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * day).toISOString()
/** IAM of `here` and `read` was read two days ago. */
const iamReadDays = 2
const grantees = {
  app: `arn:aws:iam::${here}:role/team/app`,
  gone: `arn:aws:iam::${here}:role/old`,
  deleted: `arn:aws:iam::${read}:user/left`,
  other: `arn:aws:iam::${read}:user/kim`,
  never: `arn:aws:iam::${unread}:role/x`,
  session: `arn:aws:sts::${here}:assumed-role/app/job-1`,
  lostSession: `arn:aws:sts::${here}:assumed-role/old/job-1`,
  id: 'AROAEXAMPLEEXAMPLE1',
  root: `arn:aws:iam::${read}:root`,
  farRoot: unread,
  service: 'rds.eu-west-1.amazonaws.com',
  instance: `arn:aws:sts::${here}:assumed-role/aws:ec2-infrastructure/i-0example`,
} as const
type Grantee = keyof typeof grantees
const isThere: Record<Grantee, (days: number | null) => GranteeExists> = {
  app: () => 'yes',
  session: () => 'yes',
  other: () => 'yes',
  root: () => 'yes',
  id: () => 'no',
  farRoot: () => 'unknown',
  never: () => 'unknown',
  service: () => 'notApplicable',
  instance: () => 'notApplicable',
  // Not in IAM: gone only if the grant is older than the reading, since AWS makes grants
  // for principals that exist.
  gone: (days) => (days !== null && days > iamReadDays ? 'no' : 'unknown'),
  deleted: (days) => (days !== null && days > iamReadDays ? 'no' : 'unknown'),
  lostSession: (days) => (days !== null && days > iamReadDays ? 'no' : 'unknown'),
}
const many = [
  'Encrypt',
  'Decrypt',
  'ReEncryptFrom',
  'ReEncryptTo',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
]
type Made = {
  keyArn: string
  grantId: string
  grantee: Grantee
  days: number | null
  operations: string[]
  context: string | null
  gone: boolean
  change: 'none' | 'made' | 'named' | 'posing' | 'adopted' | 'endless' | 'reverted'
  changeId: string
}
const made: fc.Arbitrary<Omit<Made, 'grantId' | 'changeId'>> = fc.record({
  keyArn: fc.constantFrom(1, 2).map((n) => `arn:aws:kms:eu-west-1:${here}:key/k${n}`),
  grantee: fc.constantFrom(...(Object.keys(grantees) as Grantee[])),
  days: fc.constantFrom(1, 30, 89, 91, 400, null),
  operations: fc.constantFrom(
    ['Decrypt'],
    ['DescribeKey', 'Decrypt'],
    ['Decrypt', 'DescribeKey'],
    ['CreateGrant', 'Encrypt'],
    many,
    ['Sign'],
  ),
  context: fc.option(fc.constantFrom('a', 'b')),
  gone: fc.boolean(),
  change: fc.constantFrom(
    'none',
    'none',
    'made',
    'named',
    'posing',
    'adopted',
    'endless',
    'reverted',
  ),
})
const fleet: Made[] = fc
  .sample(made, { numRuns: 160, seed: 11 })
  .map((one, n) => ({ ...one, grantId: `g${n}`, changeId: randomUUID() }))

const accountOf = (grantee: Grantee) => /\b\d{12}\b/.exec(grantees[grantee])?.[0] ?? null
const isService = ({ grantee }: Made) => grantee === 'service' || grantee === 'instance'
const twinOf = (one: Made) =>
  JSON.stringify([one.keyArn, one.grantee, [...one.operations].sort(), one.context])
const crosses = ({ grantee }: Made) => accountOf(grantee) !== null && accountOf(grantee) !== here

function isBroad(one: Made): boolean {
  if (isService(one)) return false
  return (
    one.operations.includes('CreateGrant') ||
    one.operations.length > 7 ||
    one.grantee === 'root' ||
    one.grantee === 'farRoot' ||
    (one.operations.includes('Decrypt') && one.context === null && crosses(one))
  )
}
function flagsOf(one: Made): GrantFlag[] {
  const is: Record<GrantFlag, boolean> = {
    orphaned: isThere[one.grantee](one.days) === 'no',
    duplicate:
      !one.gone && fleet.filter((other) => !other.gone && twinOf(other) === twinOf(one)).length > 1,
    overBroad: isBroad(one),
    crossAccount: crosses(one),
    withoutEnd: !isService(one) && !one.gone && !['made', 'named', 'adopted'].includes(one.change),
    old: one.days !== null && one.days > 90,
  }
  return grantFlags.filter((flag) => is[flag])
}
const issuerOf = (one: Made) =>
  ['made', 'named', 'endless', 'reverted'].includes(one.change)
    ? 'claviger'
    : isService(one)
      ? 'awsService'
      : 'human'
const knownOf = (one: Made) =>
  issuerOf(one) === 'claviger'
    ? 'request'
    : one.change === 'adopted'
      ? 'adopted'
      : isService(one)
        ? 'awsService'
        : 'nobody'

beforeAll(async () => {
  for (const id of [here, read, unread])
    await sql.execute(
      `INSERT INTO "Account" (id, name, source, path, "onlyRegions") VALUES ($1, $1, 'page', '{}', '{}')`,
      [id],
    )
  for (const id of [here, read])
    await sql.execute(
      `INSERT INTO "Sweep" ("accountId", region, kind, status, "startedAt", "endedAt")
        VALUES ($1, '', 'iam', 'complete', $2, $2)`,
      [id, ago(iamReadDays)],
    )
  await sql.execute(
    `INSERT INTO "Sweep" ("accountId", region, kind, status, "startedAt", "endedAt")
      VALUES ($1, '', 'iam', 'failed', $2, $2)`,
    [unread, ago(iamReadDays)],
  )
  for (const [arn, gone] of [
    [grantees.app, null],
    [grantees.other, null],
    [grantees.deleted, ago(iamReadDays)],
  ] as const) {
    const [, , , , accountId, path = ''] = arn.split(':')
    await sql.execute(
      `INSERT INTO "IamEntity" (arn, "accountId", kind, name, path, "uniqueId", details,
        "observedAt", "goneAt") VALUES ($1, $2, $3, $4, '/', $1, '{}', now(), $5)`,
      [arn, accountId, path.split('/')[0], path.split('/').at(-1), gone],
    )
  }
  const person = randomUUID()
  await sql.execute(
    `INSERT INTO "Person" (id, issuer, subject, email, name, groups)
      VALUES ($1::uuid, 'x', 'x', 'ann@example.com', 'Ann', '{}')`,
    [person],
  )
  await sql.execute(`ALTER TABLE "Change" DISABLE TRIGGER change_step`)
  for (const one of fleet) await addChange(one, person)
  await sql.execute(
    'INSERT INTO "Grant" SELECT * FROM jsonb_populate_recordset(null::"Grant", $1::jsonb)',
    [
      JSON.stringify(
        fleet.map((one) => ({
          keyArn: one.keyArn,
          grantId: one.grantId,
          accountId: here,
          region: 'eu-west-1',
          name: ['made', 'named', 'posing'].includes(one.change) ? one.changeId : null,
          createdAt: one.days === null ? null : ago(one.days),
          granteePrincipal: grantees[one.grantee],
          operations: one.operations,
          constraints:
            one.context === null ? null : { EncryptionContextEquals: { c: one.context } },
          issuerClass: isService(one) ? 'awsService' : 'human',
          granteeAccountId: accountOf(one.grantee),
          firstSeenAt: ago(1),
          observedAt: ago(0),
          goneAt: one.gone ? ago(0) : null,
        })),
      ),
    ],
  )
})

/**
 * `posing`: somebody made another grant with the name of a change of ours, which AWS
 * answered with a different id.
 */
async function addChange(
  { change, changeId, keyArn, grantId }: Made,
  person: string,
): Promise<void> {
  if (change === 'none') return
  const [request] = await sql.query<{ id: string }>(
    `INSERT INTO "Request" (id, title, "requesterId", "requesterName", justification)
      VALUES (gen_random_uuid(), 't', $1::uuid, 'Ann', 'because') RETURNING id`,
    [person],
  )
  const outcome =
    change === 'named' ? null : { grantId: change === 'posing' ? `${grantId}-ours` : grantId }
  const kind = change === 'adopted' ? 'grant-adopt' : 'grant-create'
  await sql.execute(
    `INSERT INTO "Change" (id, "requestId", position, kind, "accountId", region, "keyArn", input,
      title, risk, baseline, "baselineHash", "baselineAt", preflight, status, outcome, "endsAt",
      sends, "appliedAt")
     VALUES ($1::uuid, $2::uuid, 1, $3, $4, 'eu-west-1', $5,
       '{"owner": "data team", "reason": "nightly"}', 't', 'low', '{}', 'h', now(), '{}',
       $6::"ChangeStatus", $7, $8, 1, now())`,
    [
      changeId,
      request?.id,
      kind,
      here,
      keyArn,
      change === 'reverted' ? 'reverted' : 'applied',
      outcome,
      change === 'endless' ? null : ago(-5),
    ],
  )
}

const all = async (search: Record<string, string> = {}) => {
  const rows: GrantsRow[] = []
  for (let page = 1; ; page++) {
    const answer = await readTable(grantsSource, everything, {
      size: '100',
      page: String(page),
      ...search,
    })
    expect(answer.problems).toEqual([])
    rows.push(...answer.rows)
    if (rows.length >= answer.total || answer.rows.length === 0) return { rows, answer }
  }
}
const either = { filter: 'gone.eq.yes|no' }

test('every grant is flagged as its facts say, and what is unknown is not called gone', async () => {
  const { rows } = await all(either)
  expect(rows).toHaveLength(fleet.length)
  for (const row of rows) {
    const one = fleet.find(({ grantId }) => grantId === row.grantId)
    if (!one) throw new Error(`nobody made ${row.grantId}`)
    const { flags, granteeExists, issuerClass, known, endsAt, cause } = row
    expect({ of: one, flags, granteeExists, issuerClass, known }).toEqual({
      of: one,
      flags: flagsOf(one),
      granteeExists: isThere[one.grantee](one.days),
      issuerClass: issuerOf(one),
      known: knownOf(one),
    })
    expect(endsAt !== null).toBe(['made', 'named', 'adopted'].includes(one.change))
    expect(cause?.changeId ?? null).toBe(
      ['none', 'posing'].includes(one.change) ? null : one.changeId,
    )
    for (const flag of flags) expect(explainFlag(flag, row).length).toBeGreaterThan(0)
    expect(row.flags.includes('overBroad')).toBe(row.broad.length > 0)
  }
})

test('each count is the number of rows that its filter shows, gone ones left out unless asked for', async () => {
  const { rows, answer } = await all()
  expect(rows.map(({ grantId }) => grantId).sort()).toEqual(
    fleet
      .filter(({ gone }) => !gone)
      .map(({ grantId }) => grantId)
      .sort(),
  )
  for (const facet of grantsTable.facets) {
    for (const { value, count } of answer.facets[facet] ?? [])
      expect([facet, value, (await all({ filter: `${facet}.eq.${value}` })).rows.length]).toEqual([
        facet,
        value,
        count,
      ])
  }
  expect(new Map(answer.facets.flag?.map(({ value, count }) => [value, count]))).toEqual(
    new Map(
      grantFlags
        .map(
          (flag) =>
            [flag, fleet.filter((one) => !one.gone && flagsOf(one).includes(flag)).length] as const,
        )
        .filter(([, n]) => n > 0),
    ),
  )
  const not = await all({ filter: 'flag.ne.orphaned' })
  expect(not.rows.length).toBe(
    fleet.filter((one) => !one.gone && !flagsOf(one).includes('orphaned')).length,
  )
})

test('every column sorts, and every property filters, without an error; age sorts the youngest first', async () => {
  for (const { id, sortable } of grantsTable.columns)
    if (sortable) for (const sort of [id, `-${id}`]) await all({ sort })
  for (const [property, { kind }] of Object.entries(grantsTable.properties))
    await all({
      filter: `${property}.eq.${kind === 'date' ? '2026-01-01' : kind === 'number' ? '3' : 'x'}`,
    })
  const times = (await all({ sort: 'created' })).rows.flatMap(({ createdAt }) =>
    createdAt ? [Date.parse(createdAt)] : [],
  )
  expect(times).toEqual(times.toSorted((a, b) => b - a))
  expect((await all({ q: 'ROLE/team/APP' })).rows.map(({ grantId }) => grantId).sort()).toEqual(
    fleet
      .filter(({ grantee, gone }) => grantee === 'app' && !gone)
      .map(({ grantId }) => grantId)
      .sort(),
  )
})

test('one key shows its own, the export says why each exists, and a scope shows no other account’s', async () => {
  const { rows, total } = await readGrantsOfKey(
    permitFor(nobody, 'grants.read'),
    `arn:aws:kms:eu-west-1:${here}:key/k1`,
  )
  expect(total).toBe(rows.length)
  expect(rows.map(({ grantId }) => grantId).sort()).toEqual(
    fleet
      .filter(({ keyArn, gone }) => keyArn.endsWith('k1') && !gone)
      .map(({ grantId }) => grantId)
      .sort(),
  )
  expect(
    (
      await readTable(
        grantsSource,
        permitFor(nobody, 'grants.read', { all: false, accountIds: [read] }),
        {},
      )
    ).total,
  ).toBe(0)
  const state = parseTableState(grantsTable, { columns: 'grantee,flags,ends,known' }).state
  const listed: { grantId: string; flags: string[]; ends: string | null; known: string }[] =
    JSON.parse(
      await toDownload(
        await exportGrants(permitFor(nobody, 'keys.export'), state, 'json'),
        'grants',
        'json',
      ).text(),
    )
  for (const { grantId, flags, ends, known } of listed) {
    const one = fleet.find((other) => other.grantId === grantId)
    expect(
      one && { flags: flagsOf(one), ends: ['made', 'named', 'adopted'].includes(one.change) },
    ).toEqual({ flags, ends: ends !== null })
    expect(known.includes('because') || known.includes('nightly')).toBe(
      one !== undefined && !['none', 'posing'].includes(one.change),
    )
  }
})

/** What grant_facts says of every grant now, beside what is kept of it. */
const compareFacts = () =>
  sql.query<{ grantId: string; kept: object; afresh: object; twin: boolean; isTwin: boolean }>(
    `SELECT r.grant_id AS "grantId", to_jsonb(r) - '{id,iam_of,facets,twin}'::text[] AS kept,
       to_jsonb(f) AS afresh, r.twin, NOT r.gone AND (SELECT count(*) FROM derived.grant_row o
         WHERE o.fingerprint = r.fingerprint AND NOT o.gone) > 1 AS "isTwin"
     FROM "Grant" g JOIN derived.grant_row r ON r.key_arn = g."keyArn" AND r.grant_id = g."grantId"
     CROSS JOIN LATERAL derived.grant_facts(g) f`,
  )

async function expectKept(n: number) {
  const rows = await compareFacts()
  expect(rows).toHaveLength(n)
  expect(await sql.query('SELECT count(*) AS n FROM derived.grant_row')).toEqual([{ n }])
  for (const { grantId, kept, afresh, twin, isTwin } of rows)
    expect({ grantId, kept, twin }).toEqual({ grantId, kept: afresh, twin: isTwin })
}

test('what is kept follows IAM: who appears, goes, or gets another name', async () => {
  const missing = async () => (await all({ filter: 'granteeExists.eq.no|unknown' })).rows.length
  const exists = async (grantee: string) =>
    sql.query<{ there: boolean }>(
      'SELECT DISTINCT there FROM derived.grant_row WHERE entity = $1 OR grantee = $1',
      [grantee],
    )
  await expectKept(fleet.length)
  const before = await missing()
  await sql.execute(
    `INSERT INTO "IamEntity" (arn, "accountId", kind, name, path, "uniqueId", details, "observedAt")
     VALUES ($1, $2, 'role', 'old', '/', 'AROA1', '{}', now())`,
    [grantees.gone, here],
  )
  expect(await exists(grantees.gone)).toEqual([{ there: true }])
  // Its session is there with it.
  expect(await exists(grantees.lostSession)).toEqual([{ there: true }])
  await expectKept(fleet.length)
  await sql.execute(`UPDATE "IamEntity" SET "goneAt" = now() WHERE arn = $1`, [grantees.app])
  expect(await exists(grantees.app)).toEqual([{ there: false }])
  expect(await exists(grantees.session)).toEqual([{ there: false }])
  await expectKept(fleet.length)
  await sql.execute(`UPDATE "IamEntity" SET "goneAt" = NULL WHERE arn = $1`, [grantees.app])
  await sql.execute(`DELETE FROM "IamEntity" WHERE arn = $1`, [grantees.gone])
  await expectKept(fleet.length)
  expect(await missing()).toBe(before)
  const rows = await countRewritten(() =>
    sql.execute(`UPDATE "IamEntity" SET "observedAt" = now(), details = '{"a": 1}'`),
  )
  expect(rows).toBe(0)
})

/** How many rows of the read model a write rewrites. */
async function countRewritten(write: () => Promise<unknown>): Promise<number> {
  const versions = () =>
    sql.query<{ id: string; at: string }>(
      'SELECT id::text, xmin::text AS at FROM derived.grant_row ORDER BY id',
    )
  const before = new Map((await versions()).map(({ id, at }) => [id, at]))
  await write()
  return (await versions()).filter(({ id, at }) => before.get(id) !== at).length
}

test('what is kept follows the changes that a grant came from', async () => {
  await sql.execute(`UPDATE "Change" SET "endsAt" = now() + interval '9 days'`)
  await expectKept(fleet.length)
  await sql.execute(`UPDATE "Change" SET outcome = NULL WHERE kind = 'grant-create'`)
  await expectKept(fleet.length)
  await sql.execute(
    `UPDATE "Change" SET outcome = '{"grantId": "g5"}', status = 'failed'
      WHERE id = (SELECT id FROM "Change" WHERE kind = 'grant-create' ORDER BY id LIMIT 1)`,
  )
  await expectKept(fleet.length)
  const rows = await countRewritten(() => sql.execute(`UPDATE "Change" SET problem = 'x'`))
  expect(rows).toBe(0)
  await sql.execute('DELETE FROM "Change"')
  await expectKept(fleet.length)
})

test('the database and the kinds of change agree on what makes and adopts grants', async () => {
  for (const kind of kindNames) {
    const [said] = await sql.query<{ makes: boolean; adopts: boolean }>(
      'SELECT derived.makes_grant($1) AS makes, derived.adopts_grant($1) AS adopts',
      [kind],
    )
    expect([kind, said]).toEqual([
      kind,
      { makes: namesOf('makes').includes(kind), adopts: namesOf('adopts').includes(kind) },
    ])
  }
})

test('what is kept follows every change of a grant', async () => {
  await sql.execute(
    `UPDATE "Grant" SET "goneAt" = NULL, operations = '{Decrypt,CreateGrant}', constraints = NULL
      WHERE "grantId" LIKE 'g1%'`,
  )
  await expectKept(fleet.length)
  await sql.execute(
    `UPDATE "Grant" SET "granteePrincipal" = 'AROAEXAMPLEEXAMPLE1', "granteeAccountId" = NULL
      WHERE "grantId" LIKE 'g2%'`,
  )
  await sql.execute(`UPDATE "Grant" SET "goneAt" = now() WHERE "grantId" LIKE 'g4%'`)
  await expectKept(fleet.length)
  await sql.execute(`DELETE FROM "Grant" WHERE "grantId" LIKE 'g3%'`)
  await expectKept(fleet.filter(({ grantId }) => !grantId.startsWith('g3')).length)
  await sql.execute('TRUNCATE "Grant"')
  expect(await sql.query('SELECT * FROM derived.grant_row')).toEqual([])
})
