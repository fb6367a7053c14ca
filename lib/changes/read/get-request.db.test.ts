import { beforeAll, expect, it } from 'vitest'
import { statementsOf } from '../../db/test/statements-of'
import { prepareRequest } from '../request/prepare'
import { getRequest, listChanges, listRequestAudit } from './get-request'
import { endNow } from '../decide/end-now'
import { defaultRules } from '../rules/rule'
import { decryptGrant, openChangeFixture } from '../test/change-fixture'
import {
  addKey,
  addLocal,
  addPerson,
  asking,
  otherAccount,
  permitFor,
  permitOf,
} from '../test/fixtures'

const { sql, aws, ann, bob, ask, approve, work } = await openChangeFixture()
const cleo = await addPerson('Cleo', 'approver')

const countStatements = async (run: () => Promise<unknown>): Promise<number> =>
  (await statementsOf(run)).issued.length

type Kind = Parameters<typeof asking>[0]

async function manyOf(count: number, kind: Kind, input: unknown) {
  const keys = await Promise.all(Array.from({ length: count }, () => addKey(aws.url)))
  return {
    justification: 'many',
    changes: keys.flatMap(({ arn }) => asking(kind, arn, input).changes),
  }
}
const askForMany = async (count: number, kind: Kind = 'key-disable', input: unknown = {}) =>
  (await ask(await manyOf(count, kind, input))).requestId

/** A hundred changes cost a while to prepare: once for all who look at them. */
let many = ''
let draft = ''
beforeAll(async () => {
  many = await askForMany(100)
  const { id } = await prepareRequest(
    permitFor(ann, 'requests.create'),
    await manyOf(1, 'key-disable', {}),
  )
  await sql.execute(
    `INSERT INTO "Change" SELECT n.* FROM "Change" c, generate_series(2, 100) p,
       jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'position', p)) n
     WHERE c."requestId" = $1::uuid AND c."position" = 1`,
    [id],
  )
  draft = id
}, 240_000)

it('a request of many changes takes no more statements than one of few, whoever reads', async () => {
  const few = await askForMany(10)
  const both = (who: typeof ann) => permitFor(who, 'requests.read')
  const reads: [string, (id: string) => Promise<unknown>][] = [
    ['Ann, who asked', (id) => getRequest(both(ann), id)],
    ['Bob, who decides', (id) => getRequest(both(bob), id)],
    ['all of them whole', (id) => listChanges(both(bob), id)],
  ]
  for (const [name, read] of reads) {
    // What is remembered for a while is read again now and then, by whoever comes next.
    const countOf = async (id: string) =>
      Math.min(await countStatements(() => read(id)), await countStatements(() => read(id)))
    const [ofFew, ofMany] = [await countOf(few), await countOf(many)]
    expect(ofMany, name).toBeLessThanOrEqual(20)
    expect(ofMany, name).toBeLessThanOrEqual(ofFew)
  }
  expect(await countStatements(() => getRequest(both(ann), draft))).toBeLessThanOrEqual(20)
})

it('decisions that differ from change to change make no more statements', async () => {
  const id = await askForMany(12, 'deletion-schedule', { pendingWindowInDays: 30 })
  const permit = permitFor(bob, 'requests.read')
  for (const { id: changeId } of (await getRequest(permit, id)).changes.slice(0, 6))
    await approve(changeId)
  // Bob is refused for six of them now, in words.
  expect(await countStatements(() => getRequest(permit, id))).toBeLessThanOrEqual(20)
  const { changes } = await getRequest(permit, id)
  const whys = changes.map(({ decide }) => (decide.may ? 'may' : decide.why))
  expect(whys).toEqual([
    ...Array.from({ length: 6 }, () => 'You have decided about this already.'),
    ...Array.from({ length: 6 }, () => 'may'),
  ])
})

it('a request of 100 changes is small, and each of them is whole when it is opened', async () => {
  const permit = permitFor(bob, 'requests.read')
  const request = await getRequest(permit, many)
  expect(request).toMatchObject({ whole: [], audit: { lines: null } })
  expect(request.changes).toHaveLength(100)
  expect(JSON.stringify(request).length).toBeLessThan(110_000)
  const second = request.changes[1]
  const [whole, ...others] = await listChanges(permit, request.id, second?.id)
  expect(whole).toMatchObject({ ...second, deciders: [{ name: 'Bob' }, { name: 'Cleo' }] })
  expect(others).toEqual([])
  const audit = await listRequestAudit(permit, request.id)
  expect(audit).toHaveLength(request.audit.count)
})

it('a change has another version when anything that it shows whole reads differently', async () => {
  const permit = permitFor(ann, 'requests.read')
  const read = async () => {
    const [row] = (await getRequest(permit, draft)).changes
    const [whole] = await listChanges(permit, draft, row?.id)
    expect(whole?.version).toBe(row?.version)
    return { version: row?.version, names: whole?.expectedRule.names }
  }
  const before = await read()
  expect(await read()).toEqual(before)
  const rules = defaultRules.rules.map((rule) => ({ ...rule, name: `${rule.name} of today` }))
  await sql.execute(
    `INSERT INTO "Setting" ("name", "value", "version", "updatedAt")
      VALUES ('approvalRules', $1::jsonb, 1, now())`,
    [JSON.stringify({ ...defaultRules, rules })],
  )
  const after = await read()
  expect(after.names).not.toEqual(before.names)
  expect(after.version).not.toBe(before.version)
  await sql.execute(`DELETE FROM "Setting" WHERE "name" = 'approvalRules'`)
  expect(await read()).toEqual(before)
})

it('the audit log is read for a change that was opened only where it says why it ends', async () => {
  const { requestId, changeId } = await ask(
    asking('grant-create', (await addKey(aws.url)).arn, decryptGrant, { endsAt: null }),
  )
  const permit = permitFor(ann, 'requests.read')
  const open = () => statementsOf(() => listChanges(permit, requestId, changeId))
  const readsAudit = ({ issued }: Awaited<ReturnType<typeof open>>) =>
    issued.some(({ text }) => text.includes('"AuditEntry"'))
  await approve(changeId)
  await work()
  expect(readsAudit(await open())).toBe(false)
  await endNow(permitFor(ann, 'requests.create'), { changeId, reason: 'The job is done.' })
  const ending = await open()
  expect(readsAudit(ending)).toBe(true)
  expect(ending.result).toMatchObject([{ endAskedWhy: 'The job is done.' }])
})

it('a change is opened only as one of a request that the reader sees', async () => {
  const [one, other] = [await askForMany(2), await askForMany(1)]
  const permit = permitFor(bob, 'requests.read')
  const [elsewhere] = (await getRequest(permit, other)).changes
  await expect(listChanges(permit, one, elsewhere?.id)).rejects.toMatchObject({
    code: 'not_found',
  })
  const local = await addLocal('Lea', 'approver', otherAccount)
  for (const read of [listChanges, listRequestAudit])
    await expect(read(permitOf(local, 'requests.read'), one)).rejects.toMatchObject({
      code: 'not_found',
    })
})

it('who has decided about one change of several may still decide about the others', async () => {
  const id = await askForMany(3)
  const before = await getRequest(permitFor(bob, 'requests.read'), id)
  // A deletion takes two, so that it stays open after the first.
  const { requestId } = await ask({
    justification: 'two',
    changes: before.changes.flatMap(
      ({ keyArn }) =>
        asking('deletion-schedule', keyArn ?? '', { pendingWindowInDays: 30 }).changes,
    ),
  })
  const second = (await getRequest(permitFor(bob, 'requests.read'), requestId)).changes[1]
  await approve(second?.id ?? '')
  const may = async (who: typeof bob) =>
    (await getRequest(permitFor(who, 'requests.read'), requestId)).whole.map(
      ({ decide }) => decide.may,
    )
  const asked = (await getRequest(permitFor(bob, 'requests.read'), requestId)).whole.map(
    ({ deciders }) => deciders.map(({ name }) => name),
  )
  expect([await may(bob), await may(cleo)]).toEqual([
    [true, false, true],
    [true, true, true],
  ])
  expect(asked).toEqual([['Bob', 'Cleo'], ['Cleo'], ['Bob', 'Cleo']])
})
