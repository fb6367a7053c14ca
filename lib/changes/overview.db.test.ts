import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Permit } from '../auth/permit'
import { freshDatabase } from '../db/test/database'
import { getRequestsOverview } from './overview'
import { addPerson, type Someone } from './test/theatre'

const { db } = await freshDatabase()
const [here, elsewhere] = ['111122223333', '444455556666']
let asker: Someone
let other: Someone
beforeAll(async () => {
  asker = await addPerson('Asker', 'requester')
  other = await addPerson('Other', 'viewer')
})
afterAll(() => db.$disconnect())

const reading = (person: Someone, accountIds: string[] | null): Permit<'requests.read'> =>
  ({ actor: { ...person }, scope: accountIds ? { all: false, accountIds } : { all: true } }) as unknown as Permit<'requests.read'> // only authorize makes one

async function request(accountIds: string[], { status, endsAt }: { status: 'failed' | 'applied' | 'draft'; endsAt?: Date }, more: { breakGlass?: boolean; continuesId?: string } = {}) {
  const { id } = await db.request.create({ data: { title: accountIds.join(), requesterId: asker.id, requesterName: asker.name, justification: 'x', sentAt: new Date(), answerBy: inHours(72), ...more } })
  await db.change.createMany({ data: accountIds.map((accountId, index) => ({
    requestId: id, position: index + 1, kind: 'description', accountId, input: {}, title: `in ${accountId}`, risk: 'low', baseline: {}, baselineHash: 'h', baselineAt: new Date(), preflight: {}, endsAt,
  })) })
  if (status === 'draft') return id
  await db.change.updateMany({ where: { requestId: id }, data: { status: 'open', requestHash: 'h', rule: { approvals: 1 } } })
  for (const { id: changeId } of await db.change.findMany({ where: { requestId: id } })) {
    if (!more.breakGlass) await db.approval.create({ data: { changeId, personId: other.id, personName: other.name, decision: 'approve', requestHash: 'h', baselineHash: 'h', roles: ['approver'] } })
  }
  // the steps that the database lets a change go
  for (const step of ['approved', 'executing', status] as const) {
    await db.change.updateMany({ where: { requestId: id }, data: { status: step, endedAt: step === 'failed' ? new Date() : null } })
  }
  return id
}
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000)
const titles = (box: { lines: { title: string }[] }) => box.lines.map(({ title }) => title)

it('shows what went wrong or ends soon, in the accounts of the reader alone', async () => {
  const failed = await request([here, elsewhere], { status: 'failed' })
  await request([here], { status: 'applied', endsAt: inHours(2) })
  await request([elsewhere], { status: 'applied', endsAt: inHours(3) })
  await request([here], { status: 'applied', endsAt: inHours(30) })
  await request([elsewhere], { status: 'applied' }, { breakGlass: true })
  const scoped = await getRequestsOverview(reading(other, [here]))
  expect(titles(scoped.troubled)).toEqual([`in ${here}`])
  expect(titles(scoped.ending)).toEqual([`in ${here}`])
  expect(scoped).toMatchObject({ ending: { total: 1 }, unreviewed: { total: 0 }, waiting: { total: 0 } })
  const all = await getRequestsOverview(reading(other, null))
  expect(all).toMatchObject({ troubled: { total: 2 }, ending: { total: 2 }, unreviewed: { total: 1 } })
  expect(titles((await getRequestsOverview(reading(asker, []))).troubled)).toHaveLength(2) // one's own, wherever
  await request([here, elsewhere], { status: 'draft' }, { continuesId: failed })
  expect((await getRequestsOverview(reading(other, null))).troubled.total).toBe(0) // somebody went on from it
})
