import { beforeEach, describe, expect, it } from 'vitest'
import type { Role } from '../auth/permissions'
import { findDecider, listDeciders } from '../changes/rules/deciders'
import { explainRefusal } from '../changes/rules/refusal'
import { defaultRules, resolveRule } from '../changes/rules/rule'
import { freshDatabase } from '../db/test/database'
import { cancelRequestsOfDeactivated } from './deactivated-people'

const { db, sql } = await freshDatabase()
const here = '111122223333'
const elsewhere = '444455556666'
const rule = {
  ...resolveRule(defaultRules, {
    kind: 'grant-create',
    risk: 'low',
    accountId: here,
    keyArn: null,
    tags: {},
  }),
  approvals: 2,
}
let count = 0

async function addPerson(
  name: string,
  role: Role,
  accountId: string | null = null,
): Promise<string> {
  return (
    await db.person.create({
      data: {
        issuer: 'i',
        subject: `${name}-${count++}`,
        name,
        email: `${name}@example.com`,
        groups: [],
        assignments: { create: [{ role, accountId }] },
      },
    })
  ).id
}
type Step = 'open' | 'approved' | 'executing' | 'applied'
const steps: readonly Step[] = ['open', 'approved', 'executing', 'applied']

/** A request of one change per status, brought there as the database allows it. */
async function addRequest(
  requesterId: string,
  approvers: readonly string[],
  statuses: readonly Step[],
  accountId: string | null = here,
) {
  const request = await db.request.create({
    data: {
      title: 'r',
      requesterId,
      requesterName: 'ann',
      justification: 'j',
      answerBy: new Date(Date.now() + 3_600_000),
    },
  })
  const changes = []
  for (const [index, status] of statuses.entries()) {
    const { id } = await db.change.create({
      data: {
        requestId: request.id,
        position: index + 1,
        kind: 'grant-create',
        accountId,
        input: {},
        title: `change ${index}`,
        risk: 'low',
        baseline: {},
        baselineHash: 'b',
        baselineAt: new Date(),
        preflight: {},
        rule,
        requestHash: 'h',
      },
    })
    await db.change.update({ where: { id }, data: { status: 'open' } })
    if (status !== 'open') for (const personId of approvers) await approve(id, personId)
    for (const step of steps.slice(1, steps.indexOf(status) + 1))
      await db.change.update({ where: { id }, data: { status: step } })
    changes.push(id)
  }
  return { id: request.id, changes }
}
const approve = (changeId: string, personId: string, forPersonId?: string) =>
  db.approval.create({
    data: {
      changeId,
      personId,
      personName: 'x',
      decision: 'approve',
      requestHash: 'h',
      baselineHash: 'b',
      roles: ['approver'],
      forPersonId,
      forPersonName: forPersonId && 'y',
    },
  })
const statuses = async (requestId: string) =>
  (await db.change.findMany({ where: { requestId }, orderBy: { position: 'asc' } })).map(
    ({ status }) => status,
  )

let ann: string, bob: string, cleo: string
beforeEach(async () => {
  await db.change.updateMany({
    where: { status: { in: ['open', 'approved'] } },
    data: { status: 'cancelled' },
  }) // decisions stay: nothing here can be deleted
  ;[ann, bob, cleo] = [
    await addPerson('ann', 'requester'),
    await addPerson('bob', 'approver'),
    await addPerson('cleo', 'approver'),
  ]
})

describe('when somebody leaves', () => {
  it('what they asked for is cancelled unless it has begun; what is done keeps its end', async () => {
    const request = await addRequest(ann, [bob, cleo], ['open', 'approved', 'executing', 'applied'])
    const other = await addRequest(bob, [], ['open'])
    expect(await cancelRequestsOfDeactivated()).toBe(0)
    await db.person.update({ where: { id: ann }, data: { disabledAt: new Date() } })
    const both = await Promise.all([cancelRequestsOfDeactivated(), cancelRequestsOfDeactivated()])
    expect(both[0] + both[1]).toBe(2)
    expect(await statuses(request.id)).toEqual(['cancelled', 'cancelled', 'executing', 'applied'])
    expect(await statuses(other.id)).toEqual(['open'])
    const [first] = await db.change.findMany({
      where: { requestId: request.id },
      orderBy: { position: 'asc' },
    })
    expect(first?.problem).toContain('has left')
    expect(first?.endedAt).not.toBeNull()
    expect(
      await sql.query(
        `SELECT 1 FROM "AuditEntry" WHERE "event" = 'change.cancelled' AND "requestId" = $1`,
        [request.id],
      ),
    ).toHaveLength(2)
    expect(
      (await db.notification.findMany({ where: { requestId: request.id } }))
        .map(({ personId }) => personId)
        .sort(),
    ).toEqual([bob, cleo].sort())
  })

  it('or may no longer ask there, likewise: in that account, and no other', async () => {
    const eve = await addPerson('eve', 'requester', here)
    await db.assignment.create({ data: { personId: eve, role: 'requester', accountId: elsewhere } })
    const [one, two] = [
      await addRequest(eve, [], ['open'], here),
      await addRequest(eve, [], ['open'], elsewhere),
    ]
    const installation = await addRequest(ann, [], ['open'], null)
    await db.assignment.deleteMany({ where: { personId: eve, accountId: here } })
    expect(await cancelRequestsOfDeactivated()).toBe(1)
    expect([
      await statuses(one.id),
      await statuses(two.id),
      await statuses(installation.id),
    ]).toEqual([['cancelled'], ['open'], ['open']])
    // no longer for every account
    await db.assignment.updateMany({ where: { personId: ann }, data: { accountId: here } })
    expect(await cancelRequestsOfDeactivated()).toBe(1)
    expect(await statuses(installation.id)).toEqual(['cancelled'])
  })
})

describe('whose say was used', () => {
  it('decides no more about the same change: neither they, nor their delegate, nor another delegate', async () => {
    const [dora, eve] = [await addPerson('dora', 'viewer'), await addPerson('eve', 'viewer')]
    const hour = 3_600_000
    for (const delegateId of [dora, eve])
      await db.delegate.create({
        data: {
          awayId: bob,
          delegateId,
          createdById: bob,
          startsAt: new Date(Date.now() - hour),
          endsAt: new Date(Date.now() + hour),
        },
      })
    const {
      changes: [changeId = ''],
    } = await addRequest(ann, [], ['open'])
    const asking = { requesterId: ann, accountId: here, rule, owner: null, changeId }
    const left = async () =>
      (await listDeciders(sql, asking))
        .map(({ personId }) => personId)
        .filter((id) => [bob, cleo, dora, eve].includes(id))
    expect((await left()).sort()).toEqual([bob, cleo, dora, eve].sort())
    expect(await findDecider(sql, { ...asking, personId: dora })).toMatchObject({
      delegateOf: { id: bob },
    })
    await approve(changeId, dora, bob)
    expect(await left()).toEqual([cleo])
    expect(await explainRefusal(sql, { ...asking, personId: bob })).toContain(
      'Your say was used already',
    )
    expect(await explainRefusal(sql, { ...asking, personId: dora })).toContain('You have decided')
    await expect(approve(changeId, dora)).rejects.toThrow()
  })
})
