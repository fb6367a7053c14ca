import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Role, Scope } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { permitFor } from '../../auth/test/permit'
import { freshDatabase } from '../../db/test/database'
import { getRequestsOverview } from './overview'
import { addPerson, type Someone } from '../test/fixtures'

const { db } = await freshDatabase()
const [here, elsewhere] = ['111122223333', '444455556666']
let asker: Someone
let other: Someone
beforeAll(async () => {
  asker = await addPerson('Asker', 'requester')
  other = await addPerson('Other', 'approver')
})
afterAll(() => db.$disconnect())

/** Somebody with a role in these accounts alone; null: in all of them. */
function reading(
  person: Someone,
  accountIds: string[] | null,
  role: Role = 'approver',
): Permit<'requests.read'> {
  const assigned =
    accountIds === null
      ? [{ role, accountId: null }]
      : accountIds.map((accountId) => ({ role, accountId }))
  const scope: Scope = accountIds ? { all: false, accountIds } : { all: true }
  return permitFor({ ...person, assigned }, 'requests.read', scope)
}

async function request(
  accountIds: string[],
  { status, endsAt }: { status: 'failed' | 'applied' | 'draft'; endsAt?: Date },
  more: { breakGlass?: boolean; continuesId?: string } = {},
) {
  const { id } = await db.request.create({
    data: {
      title: accountIds.join(),
      requesterId: asker.id,
      requesterName: asker.name,
      justification: 'x',
      sentAt: new Date(),
      answerBy: inHours(72),
      ...more,
    },
  })
  await db.change.createMany({
    data: accountIds.map((accountId, index) => ({
      requestId: id,
      position: index + 1,
      kind: 'description',
      accountId,
      input: {},
      title: `in ${accountId}`,
      risk: 'low',
      baseline: {},
      baselineHash: 'h',
      baselineAt: new Date(),
      preflight: {},
      endsAt,
    })),
  })
  if (status === 'draft') return id
  await db.change.updateMany({
    where: { requestId: id },
    data: { status: 'open', requestHash: 'h', rule: { approvals: 1 } },
  })
  for (const { id: changeId } of await db.change.findMany({ where: { requestId: id } })) {
    if (!more.breakGlass)
      await db.approval.create({
        data: {
          changeId,
          personId: other.id,
          personName: other.name,
          decision: 'approve',
          requestHash: 'h',
          baselineHash: 'h',
          roles: ['approver'],
        },
      })
  }
  // the steps that the database lets a change go
  for (const step of ['approved', 'executing', status] as const) {
    await db.change.updateMany({
      where: { requestId: id },
      data: { status: step, endedAt: step === 'failed' ? new Date() : null },
    })
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
  expect(scoped).toMatchObject({
    ending: { total: 1 },
    unreviewed: { total: 0 },
    waiting: { total: 0 },
  })
  const all = await getRequestsOverview(reading(other, null))
  expect(all).toMatchObject({
    troubled: { total: 2 },
    ending: { total: 2 },
    unreviewed: { total: 1 },
  })
  // one's own, wherever
  expect(titles((await getRequestsOverview(reading(asker, []))).troubled)).toHaveLength(2)
  await request([here, elsewhere], { status: 'draft' }, { continuesId: failed })
  // somebody went on from it
  expect((await getRequestsOverview(reading(other, null))).troubled.total).toBe(0)
})

it('says nothing to whoever can do nothing about it, and reviews to whoever can review', async () => {
  const [viewer, requester] = [
    await addPerson('Viewer', 'viewer'),
    await addPerson('Requester', 'requester'),
  ]
  await request([here], { status: 'failed' })
  await request([here], { status: 'applied', endsAt: inHours(2) })
  await request([here, elsewhere], { status: 'applied' }, { breakGlass: true })
  for (const [person, role] of [
    [viewer, 'viewer'],
    [viewer, 'auditor'],
    [requester, 'requester'],
  ] as const) {
    const seen = await getRequestsOverview(reading(person, null, role))
    for (const box of [seen.waiting, seen.troubled, seen.ending, seen.unreviewed])
      expect(box).toEqual({ total: 0, lines: [] })
  }
  const decider = await getRequestsOverview(reading(other, null))
  expect(
    Math.min(decider.troubled.total, decider.ending.total, decider.unreviewed.total),
  ).toBeGreaterThan(0)
  // It reaches into an account where this person does not decide, so another reviews it.
  const partly = await getRequestsOverview(reading(other, [here]))
  expect(titles(partly.unreviewed)).not.toContain(`${here},${elsewhere}`)
  expect(titles(decider.unreviewed)).toContain(`${here},${elsewhere}`)
  // Nobody reviews their own, but is told what became of it.
  const own = await getRequestsOverview(reading(asker, null, 'admin'))
  expect(own.unreviewed.total).toBe(0)
  expect(
    (await getRequestsOverview(reading(asker, [], 'requester'))).troubled.total,
  ).toBeGreaterThan(0)
})
