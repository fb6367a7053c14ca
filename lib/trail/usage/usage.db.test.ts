import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { Scope } from '@/lib/auth/permissions'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { blocksOf } from '@/lib/db/test/blocks'
import { freshDatabase } from '@/lib/db/test/database'
import type { CountsOverTime } from '@/lib/table/over-time'
import { formatTableState, parseTableState } from '@/lib/table/state'
import { readTable } from '@/lib/table-source/source'
import type { Outcome, TrailEntry, TrailEvent } from '../event'
import { eventsTable } from '../events-table'
import { eventsSource } from '../read'
import { recountHours } from '../recount'
import { eventFrom } from '../test/events'
import { keyArn, otherArn } from '../test/shapes'
import { writeEvents } from '../write'
import { chartDivisions, narrowTo } from './chart'
import { hrefOfEvents } from './links'
import { settledUntil } from '../window'
import { spanOf } from './period'
import { readTrailChart } from './read-chart'
import { readDenied } from './read-denied'
import { readKeyUsage } from './read-key-usage'
import { readPrincipalUse } from './read-principal-use'

const { sql, db } = await freshDatabase()
const [own, other] = ['111122223333', '444455556666']
const region = 'us-west-2'
const everywhere: Scope = { all: true }
const onlyOwn: Scope = { all: false, accountIds: [own] }
const permit = (scope: Scope) => permitFor(nobody, 'trail.read', scope)
const key = { arn: keyArn, accountId: own, region }

const user = (name: string, accountId: string) => ({
  type: 'IAMUser',
  principalId: `ID${name}`,
  arn: `arn:aws:iam::${accountId}:user/${name}`,
  accountId,
})

/** A call of one of the last fifty days, as the key's account or the caller's recorded it. */
const call = fc
  .record({
    hoursAgo: fc.nat(50 * 24),
    eventName: fc.constantFrom('Decrypt', 'Decrypt', 'Encrypt', 'DescribeKey', 'Sign'),
    who: fc.constantFrom('Ada', 'Bob', 'Cyd'),
    account: fc.constantFrom(own, own, own, other),
    arn: fc.constantFrom(keyArn, keyArn, otherArn),
    error: fc.constantFrom(null, null, null, 'AccessDeniedException', 'DisabledException'),
    via: fc.constantFrom(null, 's3.amazonaws.com', 'rds.amazonaws.com'),
    ip: fc.constantFrom('192.0.2.1', '192.0.2.2', '198.51.100.7'),
    bucket: fc.constantFrom(null, 'one', 'two'),
  })
  .map((one): Record<string, unknown> => {
    const { bucket, account } = one
    const context = bucket && { 'aws:s3:arn': `arn:aws:s3:::${bucket}` }
    return {
      eventTime: new Date(Date.now() - one.hoursAgo * 3_600_000).toISOString().slice(0, 19) + 'Z',
      eventName: one.eventName,
      recipientAccountId: account,
      userIdentity: { ...user(one.who, account), ...(one.via && { invokedBy: one.via }) },
      sourceIPAddress: one.ip,
      errorCode: one.error ?? undefined,
      requestParameters: { keyId: one.arn, encryptionContext: context ?? undefined },
      resources: [{ ARN: one.arn, accountId: own, type: 'AWS::KMS::Key' }],
    }
  })

let events: TrailEvent[] = []

beforeAll(async () => {
  const entries = fc
    .sample(call, { numRuns: 400, seed: 7 })
    .map((changes, n): TrailEntry => eventFrom('decrypt', { ...changes, eventID: `event-${n}` }))
  events = entries.map(({ event }) => event)
  await writeEvents(entries, { name: 'lookup', importId: null })
  await recountHours()
})

const seenBy = (scope: Scope) =>
  events.filter(({ accountId }) => scope.all || scope.accountIds.includes(accountId))
const isSince = (from: string, to: string) => (one: TrailEvent) =>
  new Date(one.occurredAt) >= new Date(from) && new Date(one.occurredAt) < new Date(to)
const countBy = (list: readonly TrailEvent[], of: (one: TrailEvent) => string | null) => {
  const counts: Record<string, number> = {}
  for (const one of list) {
    const name = of(one)
    if (name !== null) counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
const sumOf = ({ series }: CountsOverTime) =>
  Object.fromEntries(
    series.map(({ id, counts }) => [
      id,
      counts.reduce<number>((sum, count) => sum + (count ?? 0), 0),
    ]),
  )
/** How many events the table finds that a link leads to. */
const found = async (href: string, scope: Scope) =>
  (
    await readTable(
      eventsSource,
      permit(scope),
      Object.fromEntries(new URL(href, 'http://x').searchParams),
    )
  ).total

test('the usage of a key is a count of its calls, each once, whatever the period and scope', async () => {
  for (const scope of [onlyOwn, everywhere])
    for (const days of [7, 30, 365] as const) {
      const usage = await readKeyUsage(permit(scope), key, days)
      const calls = seenBy(scope)
        .filter(isSince(usage.from, usage.to))
        .filter((one) => one.keyArn === keyArn)
        .filter((one) => one.accountId === own || one.outcome === 'denied')
      const outcomes = countBy(calls, ({ outcome }) => outcome)
      for (const outcome of ['success', 'denied', 'failed'] satisfies Outcome[])
        expect(usage.calls[outcome]).toBe(outcomes[outcome] ?? 0)
      const operations = countBy(calls, ({ operation }) => operation)
      expect(sumOf(usage.byOperation)).toEqual(operations)
      expect(sumOf(usage.byPrincipal)).toEqual(countBy(calls, ({ principal }) => principal))
      const asCounts = (rows: readonly { value: string; calls: number }[]) =>
        Object.fromEntries(rows.map(({ value, calls: n }) => [value, n]))
      expect(asCounts(usage.operations.rows)).toEqual(operations)
      expect(asCounts(usage.services.rows)).toEqual(countBy(calls, ({ via }) => via))
      expect(asCounts(usage.resources.rows)).toEqual(countBy(calls, ({ resource }) => resource))
      expect(Object.fromEntries(usage.networks.rows.map(({ ip, calls: n }) => [ip, n]))).toEqual(
        countBy(calls, ({ sourceIp }) => sourceIp),
      )
    }
})

test('every number of a key is what the trail shows behind its link', async () => {
  const usage = await readKeyUsage(permit(everywhere), key, 30)
  const here = { callsOf: key, since: usage.from }
  for (const { value, calls } of usage.operations.rows)
    expect(await found(hrefOfEvents({ ...here, operation: value }), everywhere)).toBe(calls)
  for (const { value, calls } of usage.resources.rows)
    expect(await found(hrefOfEvents({ ...here, resource: value }), everywhere)).toBe(calls)
  for (const { principal, recordedBy, calls, denied } of usage.users.rows) {
    const row = { key: keyArn, principal, account: recordedBy, since: usage.from }
    expect(await found(hrefOfEvents(row), everywhere)).toBe(calls)
    expect(await found(hrefOfEvents({ ...row, outcome: 'denied' }), everywhere)).toBe(denied)
  }
  expect(usage.users.rows.map(({ recordedBy }) => recordedBy)).toContain(other)
})

test('the last use is the last cryptographic operation that succeeded, in any period', async () => {
  const { lastUse } = await readKeyUsage(permit(onlyOwn), key, 7)
  const uses = events.filter(
    ({ keyArn: arn, accountId, outcome, operation }) =>
      arn === keyArn && accountId === own && outcome === 'success' && operation !== 'DescribeKey',
  )
  const last = uses.map(({ occurredAt }) => Date.parse(occurredAt)).sort((a, b) => b - a)[0] ?? 0
  expect(lastUse?.at).toBe(new Date(last).toISOString())
})

test('what no source saw is a gap and not zero, and a covered hour without calls is zero', async () => {
  const { from } = spanOf(90, new Date())
  const before = await readKeyUsage(permit(onlyOwn), key, 90)
  const day = before.byOperation.starts.indexOf(from.toISOString())
  const unseen = (usage: typeof before) => usage.byOperation.series[0]?.counts[day]
  expect(unseen(before)).toBeNull()
  expect(before.window).toMatchObject({ wholeHours: 0, partHours: 0 })
  await db.trailCoverage.create({
    data: { source: 'lookup', accountId: own, region, hour: from, isWhole: true },
  })
  const after = await readKeyUsage(permit(onlyOwn), key, 90)
  expect(unseen(after)).toBe(0)
  const hours = (settledUntil(new Date()).getTime() - from.getTime()) / 3_600_000
  expect(after.window).toMatchObject({ hours, wholeHours: 1, partHours: 0 })
})

test('the chart counts what the table finds, and each bar what its link shows', async () => {
  const conditions = fc.subarray([
    'outcome.ne.failed',
    `principal.has.${encodeURIComponent('user/A')}`,
    `time.ge.${new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10)}`,
    'operation.eq.Decrypt|Sign',
    'or(via.eq.direct,account.eq.444455556666)',
  ])
  const asked = fc.record({
    filter: conditions.map((list) => list.join()),
    by: fc.constantFrom(...chartDivisions),
    scope: fc.constantFrom(onlyOwn, everywhere),
  })
  await fc.assert(
    fc.asyncProperty(asked, async ({ filter, by, scope }) => {
      const { state } = parseTableState(eventsTable, { filter })
      const { total } = await readTable(eventsSource, permit(scope), { filter })
      const { counts } = await readTrailChart(permit(scope), state, by)
      const sums: Record<string, number> = counts ? sumOf(counts) : {}
      const all = Object.values(sums).reduce((a, b) => a + b, 0)
      expect(all).toBe(total)
      const [bar] = counts?.series ?? []
      const at = bar?.counts.findIndex((count) => count !== null && count > 0) ?? -1
      const start = counts?.starts[at]
      if (!counts || !bar || !start) return
      const narrowed = narrowTo(state.filter, by, bar.id, counts.unit, start)
      expect(narrowed).not.toBeNull()
      const query = formatTableState(eventsTable, { ...state, filter: narrowed ?? state.filter })
      expect(await found(`/trail?${query}`, scope)).toBe(bar.counts[at])
    }),
    { numRuns: 8 },
  )
})

test('a filter that totals do not know is named and not drawn', async () => {
  const { state } = parseTableState(eventsTable, { filter: 'ip.has.192,outcome.eq.denied', q: 'x' })
  const { counts, unknown } = await readTrailChart(permit(onlyOwn), state, 'outcome')
  expect(counts).toBeNull()
  expect(unknown).toEqual(['ip', '*'])
})

test('refusals are counted by who was refused what, and an older one did not begin now', async () => {
  const denied = await readDenied(permit(everywhere), 30)
  const refused = events
    .filter(({ outcome }) => outcome === 'denied')
    .filter(isSince(denied.from, denied.to))
  const nameOf = (row: { principal: string; key: string | null; operation: string }) =>
    [row.principal, row.key, row.operation].join(' ')
  const counted = countBy(refused, (one) => nameOf({ ...one, key: one.keyArn }))
  expect(Object.fromEntries(denied.rows.map((row) => [nameOf(row), row.calls]))).toEqual(counted)
  expect(denied.calls).toBe(refused.length)
  for (const row of denied.rows) {
    const older = events.some(
      (one) =>
        one.outcome === 'denied' &&
        nameOf({ ...one, key: one.keyArn }) === nameOf(row) &&
        new Date(one.occurredAt) < new Date(denied.from),
    )
    expect(row.isOlder, nameOf(row)).toBe(older)
  }
  expect(new Set(denied.rows.map(({ isOlder }) => isOlder)).size).toBe(2)
  expect((await readDenied(permit(onlyOwn), 30)).rows.every(({ account }) => account === own)).toBe(
    true,
  )
})

test('what a principal did is a count of its calls, and nothing of an account out of scope', async () => {
  const ada = `arn:aws:iam::${own}:user/Ada`
  const use = await readPrincipalUse(permit(onlyOwn), ada, 30)
  const calls = events
    .filter(({ principal }) => principal === ada)
    .filter(isSince(use.from, use.to))
  expect(Object.fromEntries(use.operations.map((one) => [one.operation, one.calls]))).toEqual(
    countBy(calls, ({ operation }) => operation),
  )
  expect(use.coverage).not.toBeNull()
  const foreign = await readPrincipalUse(permit(onlyOwn), `arn:aws:iam::${other}:user/Ada`, 30)
  expect(foreign).toMatchObject({ operations: [], keys: [], coverage: null })
})

test('hours that wait for their count are told', async () => {
  await writeEvents(
    [eventFrom('decrypt', { eventTime: '2026-01-01T00:10:00Z', eventID: 'late' })],
    {
      name: 'lookup',
      importId: null,
    },
  )
  expect((await readKeyUsage(permit(onlyOwn), key, 7)).waitingHours).toBe(1)
  expect((await readDenied(permit({ all: false, accountIds: [other] }), 7)).waitingHours).toBe(0)
  await recountHours()
})

test('a month of one key costs what that key used, however much others did', async () => {
  await sql.execute(
    `INSERT INTO trail.use (hour, account_id, region, key_arn, is_first_key, principal_kind, principal,
       operation, read_only, is_use, outcome, events, first_at, last_at, sessions)
     SELECT h, '${own}', '${region}', 'arn:aws:kms:${region}:${own}:key/' || n % 400, true, 'role',
       'arn:aws:iam::${own}:role/r' || n % 300, 'Decrypt', true, true, 'success', 5, h, h, '{}'
     FROM (SELECT n, date_trunc('hour', now()) - n % 480 * interval '1 hour' AS h
       FROM generate_series(1, 20000) n) x`,
  )
  await sql.execute('ANALYZE trail.use')
  const hot = { arn: `arn:aws:kms:${region}:${own}:key/7`, accountId: own, region }
  const one = `arn:aws:iam::${own}:role/r7`
  expect(await blocksOf(() => readKeyUsage(permit(onlyOwn), hot, 30))).toBeLessThan(700)
  expect(await blocksOf(() => readPrincipalUse(permit(onlyOwn), one, 7))).toBeLessThan(400)
  expect(await blocksOf(() => readDenied(permit(onlyOwn), 30))).toBeLessThan(200)
})
