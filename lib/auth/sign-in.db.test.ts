import { afterEach, describe, expect, it, vi } from 'vitest'
import { freshDatabase } from '../db/test/database'
import { findActor, listAdministrators } from './actor'
import { grantAdmin, revokeAdmin } from './admin-by-hand'
import { forgetOldSessions, signOut } from './sessions'
import type { Identity } from './claims'
import { recordSignIn } from './sign-in'
import { actorOf } from './test/signed-in'

const { db, sql } = await freshDatabase()

afterEach(async () => {
  vi.unstubAllEnvs()
  await db.person.deleteMany()
  await db.groupMapping.deleteMany()
  await db.setting.deleteMany()
})

const identity = (more: Partial<Identity> = {}): Identity => ({
  issuer: 'https://login.example.com',
  subject: 'u1',
  email: 'ann@example.com',
  emailVerified: true,
  name: 'Ann',
  groups: [],
  personClaim: null,
  ...more,
})
async function signIn(more: Partial<Identity> = {}) {
  const signedIn = await recordSignIn(identity(more))
  if (!signedIn) throw new Error('refused')
  return signedIn
}
const rolesOf = async (personId: string) =>
  (await actorOf(personId))?.assigned
    .map(({ role, accountId }) => `${role} ${accountId ?? '*'}`)
    .toSorted()
const auditOf = (event: string) =>
  sql.query<{ body: string }>('SELECT "body" FROM "AuditEntry" WHERE "event" = $1 ORDER BY "seq"', [
    event,
  ])

describe('signing in', () => {
  it('knows a person by issuer and subject, not by e-mail', async () => {
    const first = await signIn()
    expect((await signIn({ email: 'ann.new@example.com', name: 'Ann New' })).personId).toBe(
      first.personId,
    )
    expect((await signIn({ issuer: 'https://other.example.com' })).personId).not.toBe(
      first.personId,
    )
    expect((await signIn({ subject: 'u2' })).personId).not.toBe(first.personId)
    expect(await db.person.findUnique({ where: { id: first.personId } })).toMatchObject({
      email: 'ann@example.com'.replace('ann@', 'ann.new@'),
      name: 'Ann New',
    })
  })

  it('gives what the groups are mapped to, takes what a vanished group gave, and leaves roles by hand', async () => {
    await db.groupMapping.createMany({
      data: [
        { group: 'a', role: 'viewer' },
        { group: 'a', role: 'approver', accountId: '111122223333' },
        { group: 'b', role: 'requester' },
      ],
    })
    const { personId } = await signIn({ groups: ['a', 'b', 'unmapped'] })
    expect(await rolesOf(personId)).toEqual(['approver 111122223333', 'requester *', 'viewer *'])
    await db.assignment.create({ data: { personId, role: 'approver', accountId: '111122223333' } })
    await signIn({ groups: ['b'] })
    expect(await rolesOf(personId)).toEqual(['approver 111122223333', 'requester *'])
    await signIn({ groups: [] })
    expect(await rolesOf(personId)).toEqual(['approver 111122223333'])
    await signIn({ groups: ['a'] })
    await signIn({ groups: ['a'] })
    expect(await db.assignment.count({ where: { personId, group: 'a' } })).toBe(2)
  })

  it('follows a mapping that changed since', async () => {
    const mapping = await db.groupMapping.create({ data: { group: 'a', role: 'viewer' } })
    const { personId } = await signIn({ groups: ['a'] })
    await db.groupMapping.update({ where: { id: mapping.id }, data: { role: 'auditor' } })
    await signIn({ groups: ['a'] })
    expect(await rolesOf(personId)).toEqual(['auditor *'])
  })

  it('makes administrators of CLAVIGER_ADMIN_GROUP, for as long as they are in it', async () => {
    vi.stubEnv('CLAVIGER_ADMIN_GROUP', 'owners')
    const { personId } = await signIn({ groups: ['owners'] })
    expect(await rolesOf(personId)).toEqual(['admin *'])
    expect(await listAdministrators()).toEqual([{ name: 'Ann', email: 'ann@example.com' }])
    await signIn({ groups: ['Owners'] })
    expect(await rolesOf(personId)).toEqual([])
  })

  it('begins the mappings with CLAVIGER_GROUP_MAPPINGS once: what was removed stays removed', async () => {
    vi.stubEnv(
      'CLAVIGER_GROUP_MAPPINGS',
      '[{"group":"a","role":"viewer"},{"group":"a","role":"approver","accountId":"111122223333"}]',
    )
    const people = await Promise.all(
      Array.from({ length: 8 }, (_, i) => signIn({ subject: `s${i}`, groups: ['a'] })),
    )
    expect(await db.groupMapping.count()).toBe(2)
    for (const { personId } of people)
      expect(await rolesOf(personId)).toEqual(['approver 111122223333', 'viewer *'])
    await db.groupMapping.deleteMany()
    await signIn({ groups: ['a'] })
    expect(await db.groupMapping.count()).toBe(0)
  })

  it('of two browsers at once makes one person with each role once', async () => {
    await db.groupMapping.create({ data: { group: 'a', role: 'viewer' } })
    const both = await Promise.all(Array.from({ length: 12 }, () => signIn({ groups: ['a'] })))
    expect(new Set(both.map(({ personId }) => personId)).size).toBe(1)
    expect(await db.assignment.count()).toBe(1)
  })

  it('is in the audit log, and does not happen when it cannot be', async () => {
    await signIn({ subject: 'u9' })
    expect((await auditOf('person.signedIn')).at(-1)?.body).toContain('u9')
    await sql.execute('ALTER FUNCTION audit_append(jsonb) RENAME TO audit_append_gone')
    try {
      await expect(recordSignIn(identity({ subject: 'u10' }))).rejects.toThrow()
    } finally {
      await sql.execute('ALTER FUNCTION audit_append_gone(jsonb) RENAME TO audit_append')
    }
    expect(await db.person.count({ where: { subject: 'u10' } })).toBe(0)
  })

  it('of someone disabled is refused, said in the audit log, and gives no role back', async () => {
    await db.groupMapping.create({ data: { group: 'a', role: 'viewer' } })
    const { personId } = await signIn()
    await db.person.update({ where: { id: personId }, data: { disabledAt: new Date() } })
    expect(await recordSignIn(identity({ groups: ['a'] }))).toBeNull()
    expect((await auditOf('person.signInRefused')).length).toBeGreaterThan(0)
    expect(await db.assignment.count({ where: { personId } })).toBe(0)
  })
})

describe('a session', () => {
  it('is over with the next request once its row, its person or its roles are gone', async () => {
    const { personId, sessionId } = await signIn()
    expect(await findActor(sessionId)).toMatchObject({ id: personId, sessionId, assigned: [] })
    await db.assignment.create({ data: { personId, role: 'viewer' } })
    expect((await findActor(sessionId))?.assigned).toEqual([{ role: 'viewer', accountId: null }])
    await db.assignment.deleteMany({ where: { personId } })
    expect((await findActor(sessionId))?.assigned).toEqual([])
    await db.person.update({ where: { id: personId }, data: { disabledAt: new Date() } })
    expect(await findActor(sessionId)).toBeNull()
  })

  it('ends with its sign-out, which is in the audit log once; others of the person go on', async () => {
    const [first, second] = [await signIn(), await signIn()]
    await signOut(first.sessionId)
    await signOut(first.sessionId)
    expect(await findActor(first.sessionId)).toBeNull()
    expect(await findActor(second.sessionId)).not.toBeNull()
    const said = (await auditOf('person.signedOut')).filter(({ body }) =>
      body.includes(first.sessionId),
    )
    expect(said).toHaveLength(1)
    await expect(
      sql.execute('UPDATE "Session" SET "endedAt" = NULL WHERE "id" = $1', [first.sessionId]),
      'the database brings none back either',
    ).rejects.toMatchObject({ constraint: 'session_only_ends' })
  })

  it('does not end when that cannot be audited', async () => {
    const { sessionId } = await signIn()
    await sql.execute('ALTER FUNCTION audit_append(jsonb) RENAME TO audit_append_gone')
    try {
      await expect(signOut(sessionId)).rejects.toThrow()
    } finally {
      await sql.execute('ALTER FUNCTION audit_append_gone(jsonb) RENAME TO audit_append')
    }
    expect(await findActor(sessionId)).not.toBeNull()
  })

  it('ends twelve hours after sign-in, however much it is used, and its row goes later', async () => {
    const { personId } = await signIn()
    const add = (hoursAgo: number) =>
      db.session.create({
        data: {
          personId,
          device: 'Firefox',
          startedAt: new Date(Date.now() - hoursAgo * 3_600_000),
          lastSeenAt: new Date(),
        },
      })
    expect(await findActor((await add(11.9)).id)).not.toBeNull()
    expect(await findActor((await add(12.1)).id)).toBeNull()
    const old = await add(31 * 24)
    await forgetOldSessions()
    expect(await db.session.findMany({ where: { id: old.id } })).toEqual([])
    expect(await db.session.count({ where: { personId } })).toBe(3)
  })

  it('notes when it was last seen, to five minutes, and waits for no other request', async () => {
    const { sessionId } = await signIn()
    const seenAt = async () =>
      (await db.session.findUniqueOrThrow({ where: { id: sessionId } })).lastSeenAt.getTime()
    const begun = await seenAt()
    await findActor(sessionId)
    expect(await seenAt()).toBe(begun)
    await db.session.update({
      where: { id: sessionId },
      data: { lastSeenAt: new Date(begun - 600_000) },
    })
    await Promise.all(Array.from({ length: 8 }, () => findActor(sessionId)))
    expect(await seenAt()).toBeGreaterThanOrEqual(begun)
  })
})

describe('npm run admin', () => {
  it('makes an administrator of someone known, by any spelling of the address, and of nobody else', async () => {
    await expect(grantAdmin('ann@example.com')).rejects.toThrow(/sign in once/)
    const { personId } = await signIn()
    await grantAdmin('Ann@Example.com')
    await grantAdmin('ann@example.com')
    expect(await rolesOf(personId)).toEqual(['admin *'])
    expect(await revokeAdmin('ann@example.com')).toContain('lost the role')
    expect(await rolesOf(personId)).toEqual([])
  })

  it('does not guess between two identities with one address', async () => {
    await signIn()
    await signIn({ issuer: 'https://evil.example' })
    await expect(grantAdmin('ann@example.com')).rejects.toThrow(/2 people/)
    expect(await db.assignment.count()).toBe(0)
  })
})
