// What a page shows is what it costs: blocks of each reader, in a small installation and in one with
// five times the keys, principals, grants, sweeps, requests and entries of the audit log.
import { beforeAll, expect, test } from 'vitest'
import { listKeysOf } from '../access/of-principal'
import { suggestPrincipals } from '../access/suggest'
import { getAccountCoverage, listAccounts, listGapsInWords } from '../accounts/read'
import { sweepsSource } from '../accounts/sweeps-table'
import { readAuditPage } from '../audit/page'
import type { Assigned, Permission, Scope } from '../auth/permissions'
import { permitFor } from '../auth/test/permit'
import { fillAccountsSql, fillKeysSql } from '../bench/fill-keys'
import { listRequests, requestsQuery } from '../changes/read/list-requests'
import { getRequestsOverview } from '../changes/read/overview'
import { countWaiting, findWaiting } from '../changes/read/waiting'
import { blocksOf } from '../db/test/blocks'
import { freshDatabase } from '../db/test/database'
import { searchPrincipals } from '../drafts/principals'
import { grantsSource } from '../grants/grants-source'
import { readGrantsOfKey } from '../grants/rows'
import { getOverview } from '../inventory/overview'
import { searchEverything } from '../inventory/search'
import { keysTable } from '../inventory/table/keys-table'
import { listKeys } from '../inventory/table/list-keys'
import { listTagNames } from '../inventory/table/tag-names'
import { listNotices, readBell } from '../notify/inbox'
import { readRulesPage } from '../settings/approval-rules'
import { listCandidates, listDelegates } from '../settings/delegates'
import { listLinkedIdentities } from '../settings/linked-identities'
import { readWorkerHealth } from '../settings/worker-health'
import { readTable } from '../table-source/source'
import { parseTableState } from '../table/state'

const { sql } = await freshDatabase()

const [few, many] = [2_000, 10_000]
const account = '100000000000'
/** Waits for a decision at either size: half in the account. */
const openRequests = 40
const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

/** More than one page looks through at either size. */
const entriesAt = (count: number) => (count === 0 ? 0 : 30_000 + count * 5)

/** What comes to an installation that grows from so many keys to so many. */
const growth = (from: number, to: number): Readonly<Record<string, string>> => ({
  principals: `INSERT INTO "IamEntity" (arn, "accountId", kind, name, path, "uniqueId", details, "observedAt")
    SELECT 'arn:aws:iam::' || a || ':role/service-' || n, a, 'role', 'service-' || n, '/', 'AROA' || n, '{}', now()
    FROM generate_series(${from} + 1, ${to}) n,
      LATERAL (SELECT lpad((${account} + n % 40 * 7919)::text, 12, '0') AS a) x`,
  grants: `INSERT INTO "Grant" ("keyArn", "grantId", "accountId", region, name, "granteePrincipal",
      operations, "observedAt")
    SELECT 'arn:aws:kms:eu-west-1:${account}:key/' || n, md5(n::text), '${account}', 'eu-west-1', '',
      'arn:aws:iam::${account}:role/service-' || n, '{Decrypt}', now()
    FROM generate_series(${from} + 1, ${to}) n`,
  sweeps: `INSERT INTO "Sweep" ("accountId", region, kind, status, "startedAt", "endedAt", "listedAt")
    SELECT r."accountId", r.region, kind, 'complete', now() - n * interval '1 h', now() - n * interval '1 h', now()
    FROM generate_series(${from} / 200 + 1, ${to} / 200) n, "AccountRegion" r, unnest('{core,grants}'::text[]) kind`,
  requests: `INSERT INTO "Request" (id, title, "requesterId", "requesterName", justification, "createdAt",
      "sentAt", "answerBy")
    SELECT md5('r' || n)::uuid, 'Tag ' || n, '${idOf(3)}', 'Person 3', 'x', now() - interval '90 days',
      now() - interval '90 days', now() - interval '80 days' FROM generate_series(${from} + 1, ${to}) n`,
  changes: `INSERT INTO "Change" (id, "requestId", position, kind, "accountId", region, input, title, risk,
      baseline, "baselineHash", "baselineAt", preflight, status, "appliedAt", "endedAt")
    SELECT md5('c' || n)::uuid, md5('r' || n)::uuid, 1, 'tag', CASE n % 2 WHEN 0 THEN '${account}' ELSE 'x' END,
      'eu-west-1', '{}', 'Tag ' || n, 'low', jsonb_build_object('was', repeat('b', 600)), 'b', now(), '{}',
      (ARRAY['applied', 'failed'])[1 + n % 2]::"ChangeStatus", now() - interval '80 days',
      now() - interval '80 days' FROM generate_series(${from} + 1, ${to}) n`,
  entries: `INSERT INTO "AuditEntry" (seq, at, event, "actorId", actor, "accountId", body, "prevHash", hash)
    SELECT n, now() - interval '300 days' + n * interval '4 min', 'key.refreshed', '${idOf(1)}', 'Person 1',
      lpad((${account} + n % 40 * 7919)::text, 12, '0'), jsonb_build_object('data', repeat(md5(n::text), 12))::text,
      '\\x00', '\\x00'
    FROM generate_series(${entriesAt(from)} + 1, ${entriesAt(to)}) n`,
  notices: `INSERT INTO "Notification" (id, "personId", event, title, href, "createdAt", "readAt")
    SELECT gen_random_uuid(), p::uuid, 'x.y', repeat('t', 200), '/', now() - n * interval '1 min', now()
    FROM generate_series(${from} + 1, ${to}) n, unnest('{${idOf(1)},${idOf(2)}}'::text[]) p`,
})

const atFirst: readonly string[] = [
  fillAccountsSql,
  `INSERT INTO "AccountRegion" ("accountId", region, "optStatus") SELECT id, r, 'ENABLED' FROM "Account",
    unnest('{eu-west-1,us-east-1,eu-central-1}'::text[]) r`,
  `INSERT INTO "Coverage" ("accountId", region, api, status, "keysDenied", "observedAt")
    SELECT "accountId", region, 'kms:ListGrants', 'partial', 1, now() FROM "AccountRegion"`,
  `INSERT INTO "Person" (id, issuer, subject, email, "emailVerified", name, groups)
    SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'https://i', n::text, n || '@e', true,
      'Person ' || n, '{}' FROM generate_series(1, 500) n`,
  `INSERT INTO "Assignment" (id, "personId", role, "accountId") VALUES
    (gen_random_uuid(), '${idOf(1)}', 'admin', NULL), (gen_random_uuid(), '${idOf(2)}', 'approver', '${account}')`,
  `INSERT INTO "Request" (id, title, "requesterId", "requesterName", justification, "sentAt", "answerBy")
    SELECT md5('o' || n)::uuid, 'Open ' || n, '${idOf(3)}', 'Person 3', 'x', now(), now() + interval '3 days'
    FROM generate_series(1, ${openRequests}) n`,
  `INSERT INTO "Change" (id, "requestId", position, kind, "accountId", region, input, title, risk, baseline,
      "baselineHash", "baselineAt", preflight, status, rule)
    SELECT md5('oc' || n)::uuid, md5('o' || n)::uuid, 1, 'tag', CASE n % 2 WHEN 0 THEN '${account}' ELSE 'x' END,
      'eu-west-1', '{}', 't', 'low', '{}', 'b', now(), '{}', 'open', '{"approvals":1,"roles":null}'
    FROM generate_series(1, ${openRequests}) n`,
  `INSERT INTO derived.open_change (id, request_id, account, roles, gives)
    SELECT id, "requestId", "accountId", rule->'roles', input ? 'to' FROM "Change" WHERE status = 'open'`,
]

/** Rows that no sweep and no person wrote step by step: the triggers on steps would refuse them. */
const past: ReadonlySet<string> = new Set(['requests', 'changes', 'entries'])

async function grow(from: number, to: number): Promise<void> {
  const replayed = (statement: string) => `SET session_replication_role = replica; ${statement};
    SET session_replication_role = origin`
  if (from === 0) for (const one of atFirst) await sql.execute(replayed(one))
  await sql.execute(`${fillKeysSql} ON CONFLICT DO NOTHING`, [to])
  for (const [what, statement] of Object.entries(growth(from, to)))
    await sql.execute(past.has(what) ? replayed(statement) : statement)
  await sql.execute('VACUUM ANALYZE')
}

type Person = { id: string; scope: Scope; assigned: Assigned[] }
const people: Readonly<Record<string, Person>> = {
  everything: { id: idOf(1), scope: { all: true }, assigned: [{ role: 'admin', accountId: null }] },
  'one account': {
    id: idOf(2),
    scope: { all: false, accountIds: [account] },
    assigned: [{ role: 'approver', accountId: account }],
  },
}
const permitOf = <P extends Permission>(person: Person) =>
  permitFor<P>(
    { id: person.id, email: '', name: 'Person', assigned: person.assigned },
    undefined,
    person.scope,
  )

const keyWithGrant = `arn:aws:kms:eu-west-1:${account}:key/7`
/** Of a page of fifty, which is all that most of them cost. */
const mostOfGrants = 2_600

type Reader = (person: Person) => Promise<unknown>
const keys =
  (search: Record<string, string>): Reader =>
  (person) =>
    listKeys(permitOf(person), parseTableState(keysTable, search).state)
const grants =
  (search: Record<string, string>): Reader =>
  (person) =>
    readTable(grantsSource, permitOf(person), search)
const requests =
  (search: Record<string, string | number>): Reader =>
  (person) =>
    listRequests(permitOf(person), requestsQuery.parse(search))
const search =
  (text: string): Reader =>
  (person) =>
    searchEverything(permitOf(person), text)
const ofPrincipal =
  (asked: { only: 'all' | 'reached'; page?: number }): Reader =>
  (person) =>
    listKeysOf(permitOf(person), {
      principal: `arn:aws:iam::${account}:role/service-40`,
      page: 1,
      ...asked,
    })
const audit =
  (asked: Record<string, string>): Reader =>
  (person) =>
    readAuditPage(permitOf(person), asked)

/** What is asked, and the most blocks that it can touch in the larger installation. */
const readers: readonly (readonly [what: string, most: number, Reader])[] = [
  ['overview', 1_200, (person) => getOverview(permitOf(person))],
  ['accounts', 1_000, (person) => listAccounts(permitOf(person))],
  ['one account', 250, (person) => getAccountCoverage(permitOf(person), account)],
  ['gaps', 700, (person) => listGapsInWords(permitOf(person))],
  ['bell', 250, (person) => countWaiting(permitOf(person))],
  ['newest notices', 40, (person) => readBell(permitOf(person))],
  ['notices', 150, (person) => listNotices(permitOf(person), { page: 1, unreadOnly: false })],
  ['worker and overdue changes', 20, ({ scope }) => readWorkerHealth(scope)],
  ['requests of the overview', 500, (person) => getRequestsOverview(permitOf(person))],
  ['requests that wait', 800, requests({ box: 'waiting' })],
  ['all requests', 1_000, requests({ box: 'all' })],
  ['requests, page 20', 1_000, requests({ box: 'all', page: 20 })],
  ['failed requests', 1_000, requests({ box: 'all', status: 'failed' })],
  ['names of tags', 500, (person) => listTagNames(permitOf(person))],
  ['keys', 800, keys({})],
  ['keys by alias', 700, keys({ filter: 'alias.has.invoice' })],
  ['keys by tag', 700, keys({ filter: 'tag:team.eq.payments' })],
  ['keys by owner', 700, keys({ filter: 'owner.eq.payments' })],
  ['keys by two words', 1_000, keys({ q: 'of payments' })],
  ['keys by a part of an owner', 700, keys({ filter: 'owner.has.pay' })],
  ['keys by the beginning of an ARN', 1_000, keys({ q: 'arn:aws:kms:eu-west-1:1' })],
  ['keys by a part of an ARN', 700, keys({ filter: 'arn.has.key/00' })],
  ['keys by manager', 800, keys({ sort: '-manager' })],
  ['grants', mostOfGrants, grants({})],
  ['oldest grants', mostOfGrants, grants({ sort: '-created' })],
  ['grants by grantee', mostOfGrants, grants({ sort: 'grantee' })],
  ['grants by key', mostOfGrants, grants({ sort: '-key' })],
  ['grants by name', mostOfGrants, grants({ sort: 'name' })],
  ['grants of a grantee', mostOfGrants, grants({ filter: 'grantee.has.service-1' })],
  ['grants of a key', mostOfGrants, grants({ filter: 'key.has.1' })],
  ['grants of an alias', mostOfGrants, grants({ filter: 'alias.has.orders' })],
  ['grants to an account', mostOfGrants, grants({ filter: 'granteeAccount.has.1000' })],
  ['grants that retire', mostOfGrants, grants({ filter: 'retiring.has.service' })],
  ['grants for an operation', mostOfGrants, grants({ filter: 'operation.eq.Decrypt' })],
  ['grants with a flag', mostOfGrants, grants({ filter: 'flag.eq.withoutEnd' })],
  ['grants of one key', 200, (person) => readGrantsOfKey(permitOf(person), keyWithGrant)],
  ['grants by any text', mostOfGrants, grants({ q: 'service-1' })],
  ['search, many hits', 300, search('service')],
  ['search, one hit', 300, search('service-1777')],
  ['search, no hit', 100, search('zzzz')],
  ['search, two letters', 600, search('zz')],
  ['by principal', 900, ofPrincipal({ only: 'reached' })],
  ['by principal, all keys, page 50', 900, ofPrincipal({ only: 'all', page: 50 })],
  ['suggested principals', 300, (person) => suggestPrincipals(permitOf(person), 'service-17')],
  ['suggested principals, none', 100, (person) => suggestPrincipals(permitOf(person), 'zzzz')],
  ['principals of a policy', 600, (person) => searchPrincipals(permitOf(person), account, 'ice-1')],
  ['audit', 100, audit({})],
  ['audit before a day', 200, audit({ filter: `at.lt.${day(250)}` })],
  ['audit since a day to come', 100, audit({ filter: `at.ge.${day(-9)}` })],
  ['audit, text nobody wrote', 3_200, audit({ q: 'nobody wrote this' })],
  ['sweeps', 700, (person) => readTable(sweepsSource, permitOf(person), {})],
  ['approval rules', 50, (person) => readRulesPage(permitOf(person))],
  ['linked identities', 50, (person) => listLinkedIdentities(permitOf(person))],
  ['delegates', 50, (person) => listDelegates(permitOf(person))],
  ['candidates for a delegate', 50, (person) => listCandidates(permitOf(person))],
]

function day(daysAgo: number): string {
  return new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10)
}

/** A pass over the narrow rows of 8,000 keys, and one over as many texts. */
const mostGrowth = 800

const measured = new Map<string, number[]>()
async function measure(): Promise<void> {
  for (const [name, person] of Object.entries(people))
    for (const [what, , read] of readers) {
      const asked = `${what}, ${name}`
      measured.set(asked, [...(measured.get(asked) ?? []), await blocksOf(() => read(person))])
    }
}

beforeAll(async () => {
  await grow(0, few)
  await measure()
  await grow(few, many)
  await measure()
}, 240_000)

for (const name of Object.keys(people))
  test.each(readers)(
    `%s: at most %i blocks, and hardly more for five times the rows (${name})`,
    (what, most) => {
      const [first = NaN, second = NaN] = measured.get(`${what}, ${name}`) ?? []
      expect(second).toBeLessThanOrEqual(most)
      expect(second - first).toBeLessThanOrEqual(mostGrowth)
    },
  )

test('a page by manager visits no other key, though every key was written just now', async () => {
  await sql.execute('UPDATE derived.key_row SET use_known = NOT use_known')
  for (const person of Object.values(people))
    for (const sort of ['manager', '-manager'])
      expect(await blocksOf(() => keys({ sort })(person))).toBeLessThanOrEqual(1_000)
})

test('the number in the frame is that of the list', async () => {
  for (const person of Object.values(people)) {
    const waiting = await findWaiting(permitOf(person))
    expect(waiting.size).toBeGreaterThan(0)
    expect(await countWaiting(permitOf(person))).toBe(waiting.size)
  }
})

test.runIf(process.env.BLOCKS)('what was measured', () => {
  console.log([...measured].map(([what, blocks]) => `${what}: ${blocks.join(' -> ')}`).join('\n'))
})
