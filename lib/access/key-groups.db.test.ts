// Keys get one verdict together only where each of them would get it alone, whatever their policies,
// the principal's own and its grants speak of.
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { nobody, permitFor } from '../auth/test/permit'
import { fillOrganizationSql } from '../bench/fill-external'
import { blocksOf } from '../db/test/blocks'
import { freshDatabase } from '../db/test/database'
import { listKeysOf, type PrincipalAccess } from './of-principal'

const { sql } = await freshDatabase()
const everything = permitFor(nobody, 'access.read')

const [home, away] = ['111111111111', '222222222222']
const app = `arn:aws:iam::${home}:role/app`
const keys = 70

type Statement = Readonly<Record<string, unknown>>
const textOf = (...statements: Statement[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })
const allow = (more: Statement): Statement => ({
  Effect: 'Allow',
  Action: ['kms:Decrypt', 'kms:DisableKey', 'kms:DescribeKey', 'kms:Sign'],
  Resource: '*',
  ...more,
})
const root = (id: string) => ({ Principal: { AWS: `arn:aws:iam::${id}:root` } })
const on = (key: string, value: string) => ({ Condition: { StringEquals: { [key]: value } } })
const policies = [
  textOf(allow(root(home))),
  textOf(allow(root(away))),
  textOf(allow({ Principal: { AWS: app } })),
  textOf(allow({ Principal: '*', ...on('aws:ResourceTag/team', 'app') })),
  textOf(allow({ Principal: { AWS: app }, ...on('aws:RequestedRegion', 'eu-west-1') })),
  textOf(allow({ Principal: { AWS: app }, ...on('kms:KeySpec', 'RSA_2048') })),
  textOf(allow({ Principal: { AWS: app }, ...on('kms:ResourceAliases', 'alias/a') })),
  textOf(allow({ ...root(home), Resource: `arn:aws:kms:eu-west-1:${home}:key/a*` })),
  textOf(allow(root(home)), { ...allow({ Principal: '*', Action: 'kms:*' }), Effect: 'Deny' }),
  '{"Version":"2012-10-17","Statement":[{"Effect":"Maybe","Principal":"*","Action":"kms:*"}]}',
]

beforeAll(async () => {
  await sql.execute(
    `INSERT INTO "Account" (id, name, source, path, "onlyRegions", "organizationId")
     SELECT id, id, 'page', '{}', '{}', 'o-1' FROM unnest($1::text[]) id`,
    [[home, away]],
  )
  // As every organization has them: they speak of all keys alike.
  await sql.execute(fillOrganizationSql)
  await sql.execute(
    `INSERT INTO "PolicyDocument" (hash, text)
     SELECT 'p' || n - 1, t FROM unnest($1::text[]) WITH ORDINALITY x(t, n)`,
    [policies],
  )
  // Every choice hangs on the number in another way, so that all of them meet.
  await sql.execute(
    `INSERT INTO "Key" (arn, "accountId", region, "keyId", "listedAt", "listedIn", "keyUsage",
       "keySpec", origin, scope, "keyManager", "keyState", "describedAt", aliases, "aliasesAt",
       tags, "policyHash", "policyAt", "grantsAt")
     SELECT 'arn:aws:kms:' || region || ':' || account || ':key/' || id, account, region, id, now(),
       1, CASE n % 2 WHEN 0 THEN 'ENCRYPT_DECRYPT' ELSE 'SIGN_VERIFY' END,
       CASE n % 2 WHEN 0 THEN 'SYMMETRIC_DEFAULT' ELSE 'RSA_2048' END, 'AWS_KMS', 'single',
       CASE WHEN n % 19 = 0 THEN 'AWS' ELSE 'CUSTOMER' END,
       (ARRAY['Enabled', 'Disabled', 'PendingDeletion', NULL])[1 + n % 4], now(),
       CASE n % 3 WHEN 0 THEN '{alias/a}'::text[] ELSE '{}' END, now(),
       (ARRAY['{"team": "app"}', '{"team": "web"}', '{}', NULL]::jsonb[])[1 + n / 2 % 4],
       CASE WHEN n % 13 > 0 THEN 'p' || n % $1::int END, now(),
       CASE WHEN n % 17 > 0 THEN now() END
     FROM generate_series(1, $2::int) n,
       LATERAL (SELECT (ARRAY[$3, $4])[1 + n / 3 % 2] AS account,
         (ARRAY['eu-west-1', 'us-east-1'])[1 + n / 5 % 2] AS region,
         (ARRAY['a', 'b', 'mrk-'])[1 + n / 7 % 3] || lpad(n::text, 4, '0') AS id) x`,
    [policies.length, keys, home, away],
  )
})

/** What the role holds, as IAM would have it. */
async function give(documents: readonly string[], grants: readonly number[]): Promise<void> {
  const details = {
    inlinePolicies: documents.map((document, n) => ({ name: `p${n}`, document })),
    attachedPolicyArns: [],
    permissionsBoundaryArn: null,
    tags: { team: 'app' },
    trustPolicy: null,
  }
  await sql.execute(
    `INSERT INTO "IamEntity" (arn, "accountId", kind, name, path, "uniqueId", details, "observedAt")
     VALUES ($1, $2, 'role', 'app', '/', 'AROA1', $3::jsonb, now())
     ON CONFLICT (arn) DO UPDATE SET details = excluded.details`,
    [app, home, JSON.stringify(details)],
  )
  await sql.execute('DELETE FROM "Grant"')
  await sql.execute(
    `INSERT INTO "Grant" ("keyArn", "grantId", "accountId", region, "granteePrincipal",
       "granteeAccountId", operations, "issuerClass", "observedAt")
     SELECT arn, 'g', "accountId", region, $1, $2, '{Decrypt}', 'human', now()
     FROM "Key" WHERE right("keyId", 4)::int = ANY($3::int[])`,
    [app, home, grants],
  )
}

async function readAll(
  only: 'all' | 'reached',
  scope = everything,
): Promise<{ rows: PrincipalAccess['rows']; counts: PrincipalAccess['counts'] }> {
  const rows: PrincipalAccess['rows'] = []
  for (let page = 1; ; page += 1) {
    const answer = await listKeysOf(scope, { principal: app, page, only })
    expect(answer.isCut).toBe(false)
    rows.push(...answer.rows)
    if (rows.length >= answer.reached) return { rows, counts: answer.counts }
  }
}

const resource = fc.constantFrom(
  '*',
  'arn:aws:kms:*:*:key/*',
  `arn:aws:kms:eu-west-1:${home}:key/*`,
  `arn:aws:kms:*:${home}:key/a*`,
  'arn:aws:kms:*:*:key/?00?3',
  'arn:aws:kms:*',
  'arn:aws:kms:*:key/b*',
  'arn:aws:kms:eu-west-1:222222222222:key/mrk-0021',
  'arn:aws:kms:us-*:*:key/mrk-%',
  'arn:aws:kms:*:*:key/${aws:PrincipalTag/team}*',
)
const condition = fc.constantFrom<Statement>(
  {},
  on('aws:ResourceTag/team', '${aws:PrincipalTag/team}'),
  on('kms:KeyOrigin', 'AWS_KMS'),
  on('aws:RequestedRegion', 'us-east-1'),
  { Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/a' } } },
)
const statement = fc
  .record({
    resources: fc.uniqueArray(resource, { minLength: 1, maxLength: 3 }),
    isNot: fc.boolean(),
    isDeny: fc.integer({ max: 4, min: 0 }).map((n) => n === 0),
    condition,
  })
  .map(({ resources, isNot, isDeny, condition: when }) => {
    const { Resource: _, ...rest } = allow(when)
    const list = isNot ? { NotResource: resources } : { Resource: resources }
    return { ...rest, ...list, ...(isDeny ? { Effect: 'Deny' } : {}) }
  })

test('a verdict of many keys is that of each of them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(statement, { minLength: 1, maxLength: 2 }),
      fc.array(fc.integer({ min: 1, max: keys }), { maxLength: 3 }),
      async (statements, grants) => {
        await give([textOf(...statements)], grants)
        const { rows: each, counts } = await readAll('all')
        const { rows: found } = await readAll('reached')
        const reached = each.filter(({ cells }) => Object.values(cells).some((c) => c !== 'no'))
        expect(found).toEqual(reached)
        const can = (cell: string | undefined) =>
          cell !== undefined && cell !== 'no' && cell !== 'unknown'
        expect(counts.decrypt).toBe(each.filter(({ cells }) => can(cells.decrypt)).length)
        expect(counts.unknown).toBe(
          each.filter(({ cells }) => Object.values(cells).includes('unknown')).length,
        )
      },
    ),
    { numRuns: 10 },
  )
})

test('so it is for a person who sees the keys of one account', async () => {
  await give([textOf(allow({}))], [3, 4, 20])
  for (const id of [home, away]) {
    const scope = permitFor(nobody, 'access.read', { all: false, accountIds: [id] })
    const { rows: each } = await readAll('all', scope)
    const { rows: found } = await readAll('reached', scope)
    expect(found).toEqual(
      each.filter(({ cells }) => Object.values(cells).some((cell) => cell !== 'no')),
    )
  }
})

/** The lines as they would be made anew. */
const made = `SELECT k.arn COLLATE "C" AS arn, k."accountId" AS account, k."policyHash" AS policy,
  coalesce(k."keyUsage", '') AS usage, coalesce(k."keyState", '') AS state,
  k."grantsAt" IS NOT NULL AS read, k.tags FROM "Key" k WHERE k."goneAt" IS NULL`
const kept = `SELECT l.arn, l.account, p.hash AS policy, i.usage, i.state, l.grants_read AS read,
    w.tags
  FROM derived.reach_line l JOIN derived.reach_kind i ON i.id = l.kind
  LEFT JOIN derived.reach_policy p ON p.id = l.policy
  LEFT JOIN derived.key_tags w ON w.id = l.tags`
const listDiffering = () => sql.query(`(${made} EXCEPT ${kept}) UNION ALL (${kept} EXCEPT ${made})`)

test('the lines of keys follow every write', async () => {
  expect(await listDiffering()).toEqual([])
  for (const write of [
    `UPDATE "Key" SET "policyHash" = 'p1', tags = '{"new": "one"}' WHERE "keyId" LIKE 'a%'`,
    `UPDATE "Key" SET "keyState" = 'Unavailable', "grantsAt" = NULL WHERE "keyId" LIKE 'b%'`,
    `UPDATE "Key" SET "goneAt" = now(), "policyHash" = NULL WHERE "keyId" LIKE '%3'`,
    `UPDATE "Key" SET "goneAt" = NULL WHERE "keyId" LIKE '%13'`,
    `DELETE FROM "Key" WHERE "keyId" LIKE '%7'`,
  ]) {
    await sql.execute(write)
    expect([write, await listDiffering()]).toEqual([write, []])
  }
})

test('a question over five thousand keys of one kind looks at their lines, not at them', async () => {
  await sql.execute(
    `INSERT INTO "Key" (arn, "accountId", region, "keyId", "listedAt", "listedIn", "keyUsage",
       "keySpec", "keyManager", "keyState", "describedAt", aliases, "policyHash", "policyAt",
       "grantsAt", metadata)
     SELECT 'arn:aws:kms:eu-west-1:' || $1 || ':key/' || gen_random_uuid(), $1, 'eu-west-1', n, now(),
       1, 'ENCRYPT_DECRYPT', 'SYMMETRIC_DEFAULT', 'CUSTOMER', 'Enabled', now(), '{}', 'p0', now(),
       now(), jsonb_build_object('n', repeat(md5(n::text), 40))
     FROM generate_series(1, 5000) n`,
    [home],
  )
  await sql.execute('VACUUM ANALYZE')
  await give([textOf(allow({ Resource: `arn:aws:kms:*:${home}:key/*` }))], [])
  const ask = () => listKeysOf(everything, { principal: app, page: 80, only: 'reached' })
  expect((await ask()).reached).toBeGreaterThan(5_000)
  expect(await blocksOf(ask)).toBeLessThan(600)
})
