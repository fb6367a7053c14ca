import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Actor } from '../auth/permit'
import type { Role } from '../auth/permissions'
import { freshDatabase } from '../db/test/database'

let asking: string | null = null
vi.mock('../auth/session', async () => {
  const { actorOf } =
    await vi.importActual<typeof import('../auth/test/signed-in')>('../auth/test/signed-in')
  return { readActor: async (): Promise<Actor | null> => (asking ? actorOf(asking) : null) }
})

const { findActor } = await import('../auth/actor')
const { authorize } = await import('../auth/permit')
const { beginSession } = await import('../auth/sessions')
const { endOwnSessions, endSessions, setDisabled } = await import('./access')
const { addMapping, removeMapping } = await import('./group-mappings')
const { readOwnerTag, setOwnerTag } = await import('./owner-tag')
const { listMappings, listPeople } = await import('./read')
const { giveRole, takeRole } = await import('./roles-by-hand')
const { db, sql } = await freshDatabase()

afterEach(async () => {
  await db.person.deleteMany()
  await db.groupMapping.deleteMany()
  await db.setting.deleteMany({ where: { name: 'fourEyes.since' } })
})

async function addPerson(
  subject: string,
  ...roles: { role: Role; accountId?: string; group?: string }[]
): Promise<string> {
  const { id } = await db.person.create({
    data: {
      issuer: 'i',
      subject,
      email: `${subject}@example.com`,
      name: subject,
      groups: ['team'],
      assignments: { create: roles },
    },
  })
  return id
}
const as = (id: string) => {
  asking = id
}
const begin = (personId: string) => beginSession(sql, { personId, userAgent: null })
const manage = () => authorize('people.manage')
const newestAudit = async () =>
  (
    await sql.query<{ event: string; actorId: string | null }>(
      'SELECT "event", "actorId" FROM "AuditEntry" ORDER BY "seq" DESC LIMIT 1',
    )
  )[0]
const assignments = (personId: string) => db.assignment.findMany({ where: { personId } })

describe('people', () => {
  it('get and lose roles by hand, each in the audit log with who did it', async () => {
    const admin = await addPerson('admin', { role: 'admin' })
    const ann = await addPerson('ann')
    as(admin)
    await giveRole(await manage(), { personId: ann, role: 'approver', accountId: '111122223333' })
    expect(await newestAudit()).toEqual({ event: 'role.granted', actorId: admin })
    const [given] = await assignments(ann)
    expect(given).toMatchObject({
      role: 'approver',
      accountId: '111122223333',
      group: null,
      createdById: admin,
    })
    await expect(
      giveRole(await manage(), { personId: ann, role: 'approver', accountId: '111122223333' }),
    ).rejects.toMatchObject({ code: 'conflict' })
    await takeRole(await manage(), { assignmentId: given?.id ?? '' })
    expect(await assignments(ann)).toEqual([])
    expect(await newestAudit()).toEqual({ event: 'role.revoked', actorId: admin })
  })

  it('keep what a group gave until the group or its mapping goes', async () => {
    const admin = await addPerson('admin', { role: 'admin' })
    const ann = await addPerson('ann', { role: 'viewer', group: 'team' })
    as(admin)
    const [held] = await assignments(ann)
    await expect(takeRole(await manage(), { assignmentId: held?.id ?? '' })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('lose access at once when it is turned off, and do not get an old session back', async () => {
    const admin = await addPerson('admin', { role: 'admin' })
    const ann = await addPerson('ann', { role: 'viewer' })
    as(admin)
    const permit = await manage()
    const old = await begin(ann)
    expect(await findActor(old)).not.toBeNull()
    await setDisabled(permit, { personId: ann, disabled: true })
    as(ann)
    await expect(authorize('keys.read')).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(await findActor(old)).toBeNull()
    await setDisabled(permit, { personId: ann, disabled: false })
    expect(await findActor(old), 'the old cookie stays worthless').toBeNull()
    const second = await begin(ann)
    await endSessions(permit, { personId: ann })
    expect(await findActor(second)).toBeNull()
    const third = await begin(ann)
    await endOwnSessions(await authorize('keys.read'))
    expect(await findActor(third)).toBeNull()
  })

  it('always include someone who administers: alone, and when two remove each other at the same moment', async () => {
    const one = await addPerson(
      'one',
      { role: 'admin' },
      { role: 'admin', accountId: '111122223333' },
    )
    as(one)
    const permitOfOne = await manage()
    const [own] = await db.assignment.findMany({ where: { personId: one, accountId: null } })
    await expect(takeRole(permitOfOne, { assignmentId: own?.id ?? '' })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(setDisabled(permitOfOne, { personId: one, disabled: true })).rejects.toMatchObject(
      { code: 'conflict' },
    )

    const two = await addPerson('two', { role: 'admin' })
    as(two)
    const permitOfTwo = await manage()
    const results = await Promise.allSettled([
      setDisabled(permitOfOne, { personId: two, disabled: true }),
      setDisabled(permitOfTwo, { personId: one, disabled: true }),
    ])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(
      await db.person.count({
        where: { disabledAt: null, assignments: { some: { role: 'admin', accountId: null } } },
      }),
    ).toBe(1)
  })

  it('are found by name, address and group, and counted over all pages', async () => {
    const admin = await addPerson('admin', { role: 'admin' })
    for (let i = 0; i < 120; i++) await addPerson(`p${i}`)
    as(admin)
    const permit = await authorize('people.read')
    expect(await listPeople(permit, { text: '', page: 1 })).toMatchObject({ total: 121, pages: 2 })
    expect((await listPeople(permit, { text: '', page: 2 })).people).toHaveLength(21)
    expect(
      (await listPeople(permit, { text: 'P77@', page: 1 })).people.map(({ name }) => name),
    ).toEqual(['p77'])
    expect((await listPeople(permit, { text: 'team', page: 1 })).total).toBe(121)
    expect((await listPeople(permit, { text: '%', page: 1 })).total).toBe(0)
  })
})

describe('mappings', () => {
  it('when removed take the role at once from those who have it so, and from nobody else', async () => {
    const admin = await addPerson('admin', { role: 'admin' })
    const ann = await addPerson(
      'ann',
      { role: 'viewer', group: 'team' },
      { role: 'viewer', accountId: '111122223333', group: 'team' },
    )
    const bob = await addPerson('bob', { role: 'viewer' }, { role: 'viewer', group: 'other' })
    as(admin)
    const permit = await authorize('settings.manage')
    await addMapping(permit, { group: 'team', role: 'viewer', accountId: null })
    await expect(
      addMapping(permit, { group: 'team', role: 'viewer', accountId: null }),
    ).rejects.toMatchObject({ code: 'conflict' })
    const [mapping] = await listMappings(await authorize('settings.read'))
    expect(mapping).toMatchObject({ group: 'team', people: 1 })
    expect(await removeMapping(permit, { mappingId: mapping?.id ?? '' })).toEqual({ people: 1 })
    expect((await assignments(ann)).map(({ accountId }) => accountId)).toEqual(['111122223333'])
    expect(await assignments(bob)).toHaveLength(2)
  })

  it('that the last administrators come from cannot be removed', async () => {
    const admin = await addPerson('admin', { role: 'admin', group: 'owners' })
    const { id } = await db.groupMapping.create({ data: { group: 'owners', role: 'admin' } })
    as(admin)
    await expect(
      removeMapping(await authorize('settings.manage'), { mappingId: id }),
    ).rejects.toMatchObject({ code: 'conflict' })
    expect(await db.groupMapping.count()).toBe(1)
    expect(await assignments(admin)).toHaveLength(1)
  })
})

describe('the lock', () => {
  it('asks the roles of this moment, for each permission anew', async () => {
    const ann = await addPerson('ann', { role: 'admin', accountId: '111122223333' })
    as(ann)
    await expect(authorize('people.manage')).rejects.toMatchObject({
      code: 'forbidden',
      details: { permission: 'people.manage' },
    })
    expect((await authorize('keys.read')).scope).toEqual({
      all: false,
      accountIds: ['111122223333'],
    })
    await db.assignment.deleteMany({ where: { personId: ann } })
    await expect(authorize('keys.read')).rejects.toMatchObject({ code: 'forbidden' })
    asking = null
    await expect(authorize('keys.read')).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  it('guards the owner tag, which is kept with who changed it', async () => {
    const admin = await addPerson('admin', { role: 'admin' })
    as(admin)
    expect(await readOwnerTag(await authorize('settings.read'))).toBe('owner')
    await setOwnerTag(await authorize('settings.manage'), { tag: 'Team' })
    expect(await readOwnerTag(await authorize('settings.read'))).toBe('Team')
    expect(await newestAudit()).toEqual({ event: 'setting.changed', actorId: admin })
  })
})
