import { beforeAll, beforeEach, expect, test } from 'vitest'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { freshDatabase } from '@/lib/db/test/database'
import type { Scope } from '@/lib/auth/permissions'
import { recountHours } from '@/lib/trail/recount'
import { eventFrom } from '@/lib/trail/test/events'
import { writeEvents } from '@/lib/trail/write'
import type { Choice } from './choose-keys'
import type { Content } from './content'
import {
  checkUsageAudit,
  exportUsageAudit,
  getUsageAudit,
  listUsageAudits,
  makeUsageAudit,
} from './usage-audits'

const { sql, db } = await freshDatabase()
const lasting = { name: 'lookup', importId: null }
const [own, other] = ['111122223333', '444455556666']
const one: Scope = { all: false, accountIds: [own] }
const permit = (scope: Scope = { all: true }) => permitFor(nobody, 'trail.audit', scope)
const toExport = (scope: Scope = { all: true }) => permitFor(nobody, 'trail.export', scope)

const idOf = (n: number) => `${n}234abcd-12ab-34cd-56ef-1234567890ab`
const arnOf = (account: string, n: number) => `arn:aws:kms:us-west-2:${account}:key/${idOf(n)}`
const all: Choice & { title: string } = {
  title: 'Review',
  from: '2026-10-01',
  until: '2026-10-31',
  accounts: [],
  keys: [],
  tag: null,
  owner: null,
}

beforeAll(async () => {
  for (const [account, n, owner, tags] of [
    [own, 1, 'payments', '{"env": "prod"}'],
    [own, 2, 'payments', '{"env": "test"}'],
    [other, 3, 'orders', '{"env": "prod"}'],
  ] as const)
    await sql.execute(
      `INSERT INTO "Key" (arn, "accountId", region, "keyId", aliases, owner, tags, "listedAt", "listedIn")
       VALUES ($1, $2, 'us-west-2', $3, ARRAY['alias/k' || $4::text], $5, $6::jsonb, now(), 1)`,
      [arnOf(account, n), account, idOf(n), n, owner, tags],
    )
})
beforeEach(async () => {
  await sql.execute(
    'TRUNCATE trail.event, trail.use, trail.dirty_hour, "UsageAudit", "TrailCoverage"',
  )
})

let made = 0
/** So many events of a key, one a day from the first of October. */
const eventsOf = (account: string, n: number, count: number, more: object = {}) =>
  Array.from({ length: count }, (_, at) =>
    eventFrom('s3', {
      eventID: `event-${made++}`,
      eventTime: `2026-10-${String(at + 1).padStart(2, '0')}T10:00:00Z`,
      recipientAccountId: account,
      resources: [{ type: 'AWS::KMS::Key', ARN: arnOf(account, n) }],
      ...more,
    }),
  )
async function put(...events: ReturnType<typeof eventsOf>[]) {
  await writeEvents(events.flat(), lasting)
  await recountHours()
}
const storedContent = async (id: string): Promise<Content> =>
  JSON.parse((await db.usageAudit.findUniqueOrThrow({ where: { id } })).content)

test('a report counts what events count, and made again it has the same hash', async () => {
  await put(
    eventsOf(own, 1, 5),
    eventsOf(own, 1, 3, { errorCode: 'AccessDenied' }),
    eventsOf(own, 2, 4, { sourceIPAddress: '198.51.100.9' }),
    eventsOf(other, 3, 2),
    eventsOf(own, 1, 1, { eventTime: '2026-09-30T23:59:59Z' }),
    eventsOf(own, 1, 1, { eventTime: '2026-11-01T00:00:00Z' }),
    eventsOf(own, 1, 1, { eventTime: '2026-10-31T23:59:59Z' }),
    // The caller's record of a call that the owner has too.
    eventsOf(other, 3, 2, {
      resources: [{ type: 'AWS::KMS::Key', ARN: arnOf(own, 1) }],
    }),
  )
  const id = await makeUsageAudit(permit(), all)
  const { uses, networks } = await storedContent(id)
  const counted = await sql.query<{ key: string; outcome: string; calls: number }>(
    `SELECT key_arn AS key, outcome, count(*) AS calls FROM trail.event
     WHERE key_arn LIKE '%:' || account_id || ':key/%'
       AND occurred_at >= '2026-10-01Z' AND occurred_at < '2026-11-01Z' GROUP BY 1, 2 ORDER BY 1, 2`,
  )
  const sums = new Map<string, number>()
  for (const { key, outcome, calls } of uses)
    sums.set(`${key} ${outcome}`, (sums.get(`${key} ${outcome}`) ?? 0) + calls)
  expect(Object.fromEntries(sums)).toEqual(
    Object.fromEntries(counted.map(({ key, outcome, calls }) => [`${key} ${outcome}`, calls])),
  )
  expect(networks?.find(({ sourceIp }) => sourceIp === '198.51.100.9')?.calls).toBe(4)
  expect(await checkUsageAudit(permit(), { id })).toMatchObject({ isSame: true, differences: [] })
  expect((await getUsageAudit(permit(), id)).checked).toMatchObject({ isSame: true, by: 'test' })
  const audit = await db.auditEntry.findMany({
    where: { event: { startsWith: 'usageAudit' } },
    orderBy: { seq: 'asc' },
  })
  expect(audit.map(({ event }) => event)).toEqual(['usageAudit.made', 'usageAudit.checked'])
})

test('late events change the hash, and the answer says what and why', async () => {
  await put(eventsOf(own, 1, 2))
  const id = await makeUsageAudit(permit(), all)
  await put(
    eventsOf(own, 1, 1, { eventTime: '2026-10-20T10:00:00Z', eventName: 'GenerateDataKey' }),
  )
  const checked = await checkUsageAudit(permit(), { id })
  expect(checked.isSame).toBe(false)
  expect(checked.differences).toMatchObject([
    { section: 'Use', added: 1, gone: 0 },
    { section: 'Networks', added: 1, gone: 1 },
  ])
  expect(checked.differences[0]?.lines[0]).toMatch(/^\+ .*GenerateDataKey.* 1 calls/)
  expect(checked.reasons).toEqual(['1 events of the period were stored after the audit was made.'])
  expect((await getUsageAudit(permit(), id)).checked?.isSame).toBe(false)
})

test('what was altered in the database is found', async () => {
  await put(eventsOf(own, 1, 2))
  const id = await makeUsageAudit(permit(), all)
  await sql.execute(`UPDATE "UsageAudit" SET content = replace(content, '"calls":2', '"calls":1')`)
  expect((await getUsageAudit(permit(), id)).isAltered).toBe(true)
})

test('keys are those that meet every condition, and of the accounts in scope', async () => {
  const keysFound = async (choice: Partial<Choice>, scope?: Scope) => {
    const id = await makeUsageAudit(permit(scope), { ...all, ...choice })
    return (await storedContent(id)).parameters.keyArns.map((arn) => arn.split('/').at(-1)?.[0])
  }
  expect(await keysFound({})).toEqual(['1', '2', '3'])
  expect(await keysFound({}, one)).toEqual(['1', '2'])
  expect(await keysFound({ tag: { name: 'env', value: 'prod' } })).toEqual(['1', '3'])
  expect(await keysFound({ owner: 'payments', tag: { name: 'env', value: 'test' } })).toEqual(['2'])
  expect(await keysFound({ accounts: [other] })).toEqual(['3'])
  expect(await keysFound({ keys: [arnOf(own, 2)] })).toEqual(['2'])
  await expect(keysFound({ keys: [arnOf(other, 3)] }, one)).rejects.toMatchObject({
    code: 'invalid',
  })
  await expect(keysFound({ owner: 'nobody' })).rejects.toThrow(/No key in your accounts/)
})

test('who does not see all its accounts does not see a report at all', async () => {
  const whole = await makeUsageAudit(permit(), all)
  const part = await makeUsageAudit(permit(), { ...all, accounts: [own] })
  expect((await listUsageAudits(permit(one))).map(({ id }) => id)).toEqual([part])
  for (const ask of [
    () => getUsageAudit(permit(one), whole),
    () => checkUsageAudit(permit(one), { id: whole }),
    () => exportUsageAudit(toExport(one), whole),
    () => getUsageAudit(permit(), 'none'),
  ])
    await expect(ask()).rejects.toMatchObject({ code: 'not_found' })
})

test('a period that is not over, or hours that wait to be counted, make no report', async () => {
  const today = new Date().toISOString().slice(0, 10)
  const make = (choice: Partial<Choice>) => makeUsageAudit(permit(), { ...all, ...choice })
  await expect(make({ from: today, until: today })).rejects.toThrow(/yesterday/)
  await expect(make({ from: '2026-10-02', until: '2026-10-01' })).rejects.toThrow(
    /before it begins/,
  )
  await expect(make({ from: '2024-10-02' })).rejects.toThrow(/366 days/)
  await writeEvents(eventsOf(own, 1, 2), lasting)
  await expect(make({})).rejects.toMatchObject({ code: 'conflict' })
})

test('changes that were requested here stand in it with who approved them', async () => {
  const person = await db.person.create({
    data: { issuer: 'i', subject: 's', email: 'ann@example.com', name: 'Ann' },
  })
  const request = await db.request.create({
    data: { title: 't', requesterId: person.id, requesterName: 'Ann', justification: 'because' },
  })
  const change = (appliedAt: string, position: number) => ({
    requestId: request.id,
    position,
    kind: 'tag',
    keyArn: arnOf(own, 1),
    accountId: own,
    region: 'us-west-2',
    input: {},
    title: `Tag ${position}`,
    risk: 'low',
    baseline: {},
    baselineHash: 'x',
    baselineAt: new Date(),
    preflight: {},
    appliedAt: new Date(appliedAt),
  })
  await db.change.createMany({
    data: [change('2026-10-05T00:00:00Z', 1), change('2026-11-05T00:00:00Z', 2)],
  })
  await put(eventsOf(own, 1, 1, { eventName: 'TagResource', readOnly: false }))
  const { changes, mutations } = await storedContent(await makeUsageAudit(permit(), all))
  expect(changes).toMatchObject([
    { title: 'Tag 1', request: `R-${request.number}`, requestedBy: 'Ann', approvals: [] },
  ])
  expect(mutations).toMatchObject([{ operation: 'TagResource', key: arnOf(own, 1) }])
})

test('the download has every line of use, with the audit and its hash', async () => {
  await put(eventsOf(own, 1, 2), eventsOf(own, 2, 1))
  const id = await makeUsageAudit(permit(), all)
  const text = await exportUsageAudit(toExport(), id)
  const { hash } = await db.usageAudit.findUniqueOrThrow({ where: { id } })
  const lines = text.trimEnd().split('\r\n')
  expect(lines).toHaveLength(3)
  expect(lines.slice(1).every((line) => line.endsWith(hash))).toBe(true)
})
