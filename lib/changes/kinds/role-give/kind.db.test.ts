import { randomUUID } from 'node:crypto'
import { beforeEach, expect, it } from 'vitest'
import type { Role } from '../../../auth/permissions'
import { freshDatabase } from '../../../db/test/database'
import { askForRole, readFourEyes } from '../../../settings/four-eyes'
import { addMapping } from '../../../settings/group-mappings'
import { giveRole } from '../../../settings/roles-by-hand'
import { decideChange } from '../../decide/decide'
import { executeChange } from '../../run/execute'
import { claimChanges } from '../../run/lease'
import { prepareRequest } from '../../request/prepare'
import { getRequest } from '../../read/get-request'
import { sendRequest } from '../../request/send'
import { addPerson, changesOf, decisionOf, permitFor, type Someone } from '../../test/fixtures'
import { findWaiting } from '../../read/waiting'
import { productionContext } from '../execution-context'

const { db, sql } = await freshDatabase()

const everyAccount = null
let root: Someone
let count = 0
const add = (role: Role, more: Parameters<typeof addPerson>[2] = {}) =>
  addPerson(`p${++count}`, role, more)

beforeEach(async () => {
  await db.change.updateMany({
    where: { status: { in: ['open', 'approved'] } },
    data: { status: 'cancelled' },
  })
  await db.assignment.deleteMany()
  await db.groupMapping.deleteMany()
  await db.setting.deleteMany()
  root = await add('admin')
})

const give = (by: Someone, to: Someone, role: Role) =>
  giveRole(permitFor(by, 'people.manage'), { personId: to.id, role, accountId: everyAccount })
const rolesOf = async ({ id }: Someone) =>
  (await db.assignment.findMany({ where: { personId: id }, orderBy: { createdAt: 'asc' } })).map(
    ({ role }) => role,
  )

/** Asks for a role and sends it. @returns the id of the change */
async function ask(by: Someone, to: Someone | string, role: Role): Promise<string> {
  const { id } = await askForRole(permitFor(by, 'requests.create'), {
    to: typeof to === 'string' ? { group: to } : { personId: to.id },
    role,
    accountId: everyAccount,
    justification: 'needed',
  })
  await sendRequest(permitFor(by, 'requests.create'), { id })
  return (await changesOf(id))[0]?.id ?? ''
}
const approve = async (by: Someone, changeId: string) =>
  decideChange(permitFor(by, 'requests.decide'), await decisionOf(changeId))
async function work(): Promise<void> {
  for (const lease of await claimChanges(productionContext, 'test', 'do', 10)) {
    await executeChange(productionContext, lease, new AbortController().signal)
  }
}
const audited = (event: string) =>
  sql.query<{ body: string }>(
    'SELECT "body" FROM "AuditEntry" WHERE "event" = $1 ORDER BY "seq" DESC',
    [event],
  )

it('the first administrator gives roles alone until there was a second: then nobody does', async () => {
  const [ann, bob, cleo] = [await add('viewer'), await add('viewer'), await add('viewer')]
  expect(await readFourEyes(permitFor(root, 'people.read'))).toEqual({
    administrators: 1,
    byRequest: false,
  })
  await give(root, ann, 'approver')
  expect((await audited('role.granted'))[0]?.body).toContain('"alone": true')
  await give(root, bob, 'admin')
  const told = await db.notification.findMany({ where: { event: 'role.given', personId: bob.id } })
  expect(told).toHaveLength(1)

  for (const role of ['approver', 'keyAdministrator', 'admin'] as const) {
    await expect(give(root, cleo, role)).rejects.toMatchObject({ code: 'conflict' })
    await expect(
      addMapping(permitFor(root, 'settings.manage'), { group: 'x', role, accountId: null }),
    ).rejects.toMatchObject({ code: 'conflict' })
  }
  for (const role of ['auditor', 'requester'] as const) await give(root, cleo, role)

  // Whoever turns the other one off is no first administrator again.
  await db.person.update({ where: { id: bob.id }, data: { disabledAt: new Date() } })
  expect(await readFourEyes(permitFor(root, 'people.read'))).toEqual({
    administrators: 1,
    byRequest: true,
  })
  await expect(give(root, cleo, 'admin')).rejects.toMatchObject({ code: 'conflict' })
  await expect(ask(root, cleo, 'admin')).rejects.toThrow(/npm run admin/)
})

it('nobody is a first administrator again after two came at the same moment and one goes', async () => {
  const other = await add('viewer')
  const viewer = await add('viewer')
  await db.assignment.create({ data: { personId: other.id, role: 'admin' } })
  await db.setting.deleteMany() // as it is where neither transaction saw the other
  await db.assignment.deleteMany({ where: { personId: other.id, role: 'admin' } })
  await expect(give(root, viewer, 'admin')).rejects.toMatchObject({ code: 'conflict' })
})

it('is approved by another administrator, and given in the transaction that says so', async () => {
  const [other, ann] = [await add('admin'), await add('viewer')]
  const change = await ask(root, ann, 'approver')
  await expect(approve(root, change)).rejects.toMatchObject({ code: 'forbidden' })
  expect((await findWaiting(permitFor(other, 'requests.read'))).size).toBe(1)
  expect((await findWaiting(permitFor(root, 'requests.read'))).size).toBe(0)
  await approve(other, change)
  expect(await rolesOf(ann)).toEqual(['viewer'])
  await work()
  expect(await rolesOf(ann)).toEqual(['viewer', 'approver'])
  expect((await audited('role.granted'))[0]?.body).toContain(change)
})

it('is not given to somebody who is called otherwise since', async () => {
  const [other, ann] = [await add('admin'), await add('viewer')]
  const change = await ask(root, ann, 'approver')
  await approve(other, change)
  await db.person.update({ where: { id: ann.id }, data: { name: 'Somebody Else' } })
  await work()
  expect(await rolesOf(ann)).toEqual(['viewer'])
  const done = await db.change.findUniqueOrThrow({ where: { id: change } })
  expect(done).toMatchObject({ status: 'drifted', problem: expect.stringMatching(/another name/) })
})

it('of a group likewise', async () => {
  const other = await add('admin', { groups: ['everybody'] })
  const change = await ask(root, 'everybody', 'approver')
  await approve(other, change) // gains nothing by it: administers everything already
  await work()
  expect(await db.groupMapping.findMany({ select: { group: true, role: true } })).toEqual([
    { group: 'everybody', role: 'approver' },
  ])

  const admins = await ask(root, 'everybody', 'admin').catch((error: unknown) => error)
  expect(String(admins), 'who is in the group does not decide that it administers').toMatch(
    /Nobody but you can decide/,
  )
})

it('is never decided by who gets it, under any identity, nor with their rights', async () => {
  const third = await add('admin')
  const gainer = await add('admin', { email: 'twin@example.com' })
  const twin = await add('viewer', { email: 'twin@example.com' })
  const change = await ask(root, twin, 'keyAdministrator')
  await expect(approve(gainer, change)).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringMatching(/would get this role/),
  })
  expect((await findWaiting(permitFor(gainer, 'requests.read'))).size).toBe(0)
  const requestId = (await db.change.findUniqueOrThrow({ where: { id: change } })).requestId
  const [seen] = (await getRequest(permitFor(third, 'requests.read'), requestId)).whole
  const asked = seen?.deciders.map(({ personId }) => personId)
  expect(asked).toContain(third.id)
  expect(asked, 'nor is asked').not.toContain(gainer.id)
  const { requestHash, baselineHash } = await decisionOf(change)
  await expect(
    db.approval.create({
      data: {
        changeId: change,
        personId: gainer.id,
        personName: 'x',
        decision: 'approve',
        requestHash,
        baselineHash,
        roles: ['admin'],
      },
    }),
    'nor does the database take it',
  ).rejects.toThrow(/role of their own/)
  await approve(third, change)
})

it('is asked for by administrators alone: a second account of one is no way round', async () => {
  const [other, puppet] = [await add('admin'), await add('requester')]
  await expect(ask(puppet, puppet, 'admin')).rejects.toMatchObject({ code: 'forbidden' })
  await expect(
    prepareRequest(permitFor(puppet, 'requests.create'), {
      justification: 'x',
      changes: [
        {
          kind: 'role-give',
          accountId: null,
          region: null,
          keyArn: null,
          startsAt: null,
          endsAt: null,
          input: {
            to: { personId: puppet.id },
            role: 'admin',
            accountId: null,
            name: `${puppet.name} (${puppet.email})`,
          },
        },
      ],
    }),
  ).rejects.toMatchObject({ code: 'forbidden', details: { permission: 'people.manage' } })

  // Nor is a delegate whom the requester named for the other administrator.
  const hour = 3_600_000
  await db.delegate.create({
    data: {
      awayId: other.id,
      delegateId: puppet.id,
      createdById: root.id,
      startsAt: new Date(Date.now() - hour),
      endsAt: new Date(Date.now() + hour),
    },
  })
  const change = await ask(root, await add('viewer'), 'approver')
  await expect(approve(puppet, change)).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringMatching(/named you/),
  })
  expect((await findWaiting(permitFor(puppet, 'requests.read'))).size).toBe(0)
  await db.delegate.updateMany({ data: { createdById: other.id } })
  expect((await findWaiting(permitFor(puppet, 'requests.read'))).size).toBe(1)
  await approve(puppet, change)
})

it('is not done once who asked lost the right to, nor for somebody who left or is called otherwise', async () => {
  const [other, ann, bob] = [await add('admin'), await add('viewer'), await add('viewer')]
  const [first, second, third] = [
    await ask(root, ann, 'approver'),
    await ask(root, bob, 'approver'),
    await ask(other, ann, 'admin'),
  ]
  await approve(other, first)
  await approve(other, second)
  await approve(root, third)
  await db.person.update({ where: { id: ann.id }, data: { email: 'else@example.com' } })
  await db.person.update({ where: { id: bob.id }, data: { disabledAt: new Date() } })
  await db.assignment.updateMany({ where: { personId: other.id }, data: { role: 'requester' } })
  await work()
  expect(await rolesOf(ann)).toEqual(['viewer'])
  expect(await rolesOf(bob)).toEqual(['viewer'])
  const states = await db.change.findMany({
    where: { id: { in: [first, second, third] } },
    select: { status: true },
  })
  expect(states.map(({ status }) => status)).toEqual(['drifted', 'drifted', 'drifted'])
})

it('that governs nothing takes no request, and no other name than the person’s is shown', async () => {
  await add('admin')
  const ann = await add('viewer')
  const asked = (input: Record<string, unknown>) =>
    prepareRequest(permitFor(root, 'requests.create'), {
      justification: 'x',
      changes: [
        {
          kind: 'role-give',
          accountId: null,
          region: null,
          keyArn: null,
          startsAt: null,
          endsAt: null,
          input: {
            to: { personId: ann.id },
            role: 'approver',
            accountId: null,
            name: `${ann.name} (${ann.email})`,
            ...input,
          },
        },
      ],
    })
  await expect(asked({ role: 'viewer' })).rejects.toThrow(/needs no request/)
  await expect(asked({ name: 'The intern (intern@example.com)' })).rejects.toThrow(
    /not that of the person/,
  )
  await expect(asked({ to: { personId: randomUUID() } })).rejects.toThrow(/not known here/)
  await expect(asked({ extra: 1 })).rejects.toMatchObject({ code: 'invalid' })
  await asked({ to: { personId: ann.id.toUpperCase() } })
})
