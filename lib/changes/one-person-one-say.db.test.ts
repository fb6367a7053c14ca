/** One person is one say, by whatever names and delegates it is given; the requester has none. */
import { beforeEach, describe, expect, it } from 'vitest'
import { decideChange } from './decide/decide'
import { openChangeFixture } from './test/change-fixture'
import { addKey, addPerson, asking, decisionOf, permitFor, stored } from './test/fixtures'

const { sql, db, aws, ann, bob, ask, approve, work } = await openChangeFixture({ bobIs: 'admin' })
const cleo = await addPerson('Cleo', 'admin')

beforeEach(() =>
  sql.execute(`UPDATE "Change" SET "status" = 'cancelled' WHERE "status" IN ('open', 'approved')`),
)

it('a delegate of a delegate decides nothing, nor does the delegate of who asked', async () => {
  const [dan, eve] = [await addPerson('Dan', 'viewer'), await addPerson('Eve', 'viewer')]
  const delegate = (awayId: string, delegateId: string) =>
    db.delegate.create({
      data: {
        awayId,
        delegateId,
        startsAt: new Date(Date.now() - 60_000),
        endsAt: new Date(Date.now() + 3_600_000),
        createdById: bob.id,
      },
    })
  for (const [away, other] of [
    [bob, dan],
    [dan, eve],
    [bob, ann],
  ] as const)
    await delegate(away.id, other.id)
  const { changeId } = await ask(
    asking('description', (await addKey(aws.url)).arn, { description: 'x' }),
  )
  const decision = await decisionOf(changeId)
  await expect(decideChange(permitFor(eve, 'requests.read'), decision)).rejects.toMatchObject({
    code: 'forbidden',
  })
  await expect(decideChange(permitFor(ann, 'requests.read'), decision)).rejects.toMatchObject({
    code: 'forbidden',
  })
  expect(await decideChange(permitFor(dan, 'requests.read'), decision)).toEqual({
    status: 'approved',
  })
})

describe('a say given by a delegate', () => {
  const delegate = (awayId: string, delegateId: string) =>
    db.delegate.create({
      data: {
        awayId,
        delegateId,
        startsAt: new Date(Date.now() - 60_000),
        endsAt: new Date(Date.now() + 400 * 86_400_000),
        createdById: awayId,
      },
    })
  it('is refused by the database where it is given with the rights of the requester', async () => {
    const sam = await addPerson('Sam', 'viewer')
    await delegate(ann.id, sam.id)
    const { changeId } = await ask(
      asking('description', (await addKey(aws.url)).arn, { description: 'x' }),
    )
    const { requestHash, baselineHash } = await decisionOf(changeId)
    await expect(
      db.approval.create({
        data: {
          changeId,
          personId: sam.id,
          personName: 'Sam',
          decision: 'approve',
          requestHash,
          baselineHash,
          roles: ['approver'],
          forPersonId: ann.id,
          forPersonName: 'Ann',
        },
      }),
    ).rejects.toThrow()
  })
  it('b given by a delegate and by who turns out to be the same as the one away counts once', async () => {
    const tim = await addPerson('Tim', 'viewer')
    await delegate(bob.id, tim.id)
    const { changeId } = await ask(
      asking('deletion-schedule', (await addKey(aws.url)).arn, { pendingWindowInDays: 30 }),
    )
    await decideChange(permitFor(tim, 'requests.read'), await decisionOf(changeId))
    expect(await approve(changeId, cleo)).toEqual({ status: 'approved' })
    const [aId = '', bId = ''] = [bob.id, cleo.id].sort()
    const { id } = await db.personLink.create({
      data: { aId, bId, reason: 'twins', createdById: ann.id },
    })
    await work()
    await db.personLink.delete({ where: { id } })
    expect(await stored(changeId)).toMatchObject({ status: 'drifted', sends: 0 })
  })
  it('c of who turns out to be the requester, given by a delegate, counts not', async () => {
    const [una, vic] = [await addPerson('Una', 'viewer'), await addPerson('Vic', 'approver')]
    await delegate(vic.id, una.id)
    const { changeId } = await ask(asking('key-disable', (await addKey(aws.url)).arn, {}))
    await decideChange(permitFor(una, 'requests.read'), await decisionOf(changeId))
    const [aId = '', bId = ''] = [ann.id, vic.id].sort()
    const { id } = await db.personLink.create({
      data: { aId, bId, reason: 'twins', createdById: bob.id },
    })
    await work()
    await db.personLink.delete({ where: { id } })
    expect(await stored(changeId)).toMatchObject({ status: 'drifted', sends: 0 })
  })
})

it('two approvers who turn out to be one person are one approval', async () => {
  const key = await addKey(aws.url)
  const { changeId } = await ask(asking('deletion-schedule', key.arn, { pendingWindowInDays: 30 }))
  await approve(changeId, bob)
  expect(await approve(changeId, cleo)).toEqual({ status: 'approved' })
  const [aId = '', bId = ''] = [bob.id, cleo.id].sort()
  const { id } = await db.personLink.create({
    data: { aId, bId, reason: 'twins', createdById: ann.id },
  })
  await work()
  expect(await stored(changeId)).toMatchObject({ status: 'drifted', sends: 0 })
  await db.personLink.delete({ where: { id } })
})
