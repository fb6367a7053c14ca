import { beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../auth/permissions'
import { freshDatabase } from '../../db/test/database'
import { decideChange } from '../decide/decide'
import { permitFor, type Someone } from '../test/fixtures'
import { defaultRules, resolveRule } from './rule'

const { db } = await freshDatabase()
const account = '111122223333'
const rule = resolveRule(defaultRules, {
  kind: 'key-enable',
  risk: 'medium',
  accountId: account,
  keyArn: null,
  tags: {},
})
const hour = 3_600_000

async function addPerson(name: string, role: Role): Promise<Someone> {
  const { id, email } = await db.person.create({
    data: {
      issuer: 'i',
      subject: name,
      name,
      email: `${name}@example.com`,
      groups: [],
      assignments: { create: [{ role }] },
    },
  })
  return { id, name, email, assigned: [{ role, accountId: null }] }
}
async function ask(requester: Someone, frozen = rule) {
  const request = await db.request.create({
    data: {
      title: 'r',
      requesterId: requester.id,
      requesterName: requester.name,
      justification: 'j',
      answerBy: new Date(Date.now() + hour),
    },
  })
  const { id } = await db.change.create({
    data: {
      requestId: request.id,
      position: 1,
      kind: 'key-enable',
      accountId: account,
      input: {},
      title: 't',
      risk: 'medium',
      baseline: {},
      baselineHash: 'b',
      baselineAt: new Date(),
      preflight: {},
      rule: frozen,
      requestHash: 'h',
    },
  })
  await db.change.update({ where: { id }, data: { status: 'open' } })
  return {
    changeId: id,
    decision: 'approve' as const,
    comment: '',
    requestHash: 'h',
    baselineHash: 'b',
  }
}

let ann: Someone, bob: Someone, dora: Someone
beforeAll(async () => {
  ;[ann, bob, dora] = [
    await addPerson('ann', 'requester'),
    await addPerson('bob', 'approver'),
    await addPerson('dora', 'viewer'),
  ]
})

describe('a viewer', () => {
  it('decides what the approver may, and never about the request of either', async () => {
    const first = await ask(ann)
    await expect(decideChange(permitFor(dora, 'requests.read'), first)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('You hold no role that decides'),
    })
    const { id } = await db.delegate.create({
      data: {
        awayId: bob.id,
        delegateId: dora.id,
        createdById: bob.id,
        startsAt: new Date(Date.now() - hour),
        endsAt: new Date(Date.now() + hour),
      },
    })
    expect(await decideChange(permitFor(dora, 'requests.read'), first)).toEqual({
      status: 'approved',
    })
    expect(await db.approval.findFirst({ where: { changeId: first.changeId } })).toMatchObject({
      personName: 'dora',
      forPersonName: 'bob',
      roles: ['approver'],
    })
    await expect(
      decideChange(permitFor(dora, 'requests.read'), await ask(bob)),
    ).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('You are the delegate of bob'),
    })
    await expect(
      decideChange(permitFor(dora, 'requests.read'), await ask(dora)),
    ).rejects.toMatchObject({ code: 'forbidden' })
    await db.delegate.update({ where: { id }, data: { endedAt: new Date() } })
    await expect(
      decideChange(permitFor(dora, 'requests.read'), await ask(ann)),
    ).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('an approval', () => {
  it('of somebody who has left since counts no more while others are waited for', async () => {
    const [cleo, eve] = [await addPerson('cleo', 'approver'), await addPerson('eve', 'approver')]
    const decision = await ask(ann, { ...rule, approvals: 2 })
    expect(await decideChange(permitFor(bob, 'requests.read'), decision)).toEqual({
      status: 'open',
    })
    await db.person.update({ where: { id: bob.id }, data: { disabledAt: new Date() } })
    expect(await decideChange(permitFor(cleo, 'requests.read'), decision)).toEqual({
      status: 'open',
    })
    expect(await decideChange(permitFor(eve, 'requests.read'), decision)).toEqual({
      status: 'approved',
    })
  })
})
