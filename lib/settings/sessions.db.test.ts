import { afterEach, expect, it, vi } from 'vitest'
import type { Role } from '../auth/permissions'
import type { Actor } from '../auth/permit'
import { freshDatabase } from '../db/test/database'

let cookie: string | null = null
vi.mock('../auth/session', async () => {
  const { findActor } = await vi.importActual<typeof import('../auth/actor')>('../auth/actor')
  return { readActor: async (): Promise<Actor | null> => (cookie ? findActor(cookie) : null) }
})

const { authorize } = await import('../auth/permit')
const { beginSession } = await import('../auth/sessions')
const { endOwnSession, endSession, listOwnSessions, listSessions } = await import('./sessions')
const { db, sql } = await freshDatabase()

afterEach(() => db.person.deleteMany())

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0'

/** Somebody with so many sessions. */
async function addPerson(name: string, role: Role, sessions: number): Promise<string[]> {
  const { id } = await db.person.create({
    data: {
      issuer: 'i',
      subject: name,
      email: `${name}@example.com`,
      name,
      groups: [],
      assignments: { create: [{ role }] },
    },
  })
  return Promise.all(
    Array.from({ length: sessions }, () => beginSession(sql, { personId: id, userAgent: firefox })),
  )
}
const audited = () =>
  sql.query<{ body: string }>(
    `SELECT "body" FROM "AuditEntry" WHERE "event" = 'session.ended' ORDER BY "seq"`,
  )

it('are listed for the person, who ends them one by one and those of nobody else', async () => {
  const [mine = '', other = ''] = await addPerson('ann', 'viewer', 2)
  const [foreign = ''] = await addPerson('bob', 'viewer', 1)
  cookie = mine
  const { sessions: listed } = await listOwnSessions(await authorize('keys.read'))
  expect(
    listed
      .map(({ id, isThis, device }) => ({ id, isThis, device }))
      .toSorted((a, b) => Number(b.isThis) - Number(a.isThis)),
  ).toEqual([
    { id: mine, isThis: true, device: 'Firefox 131 on Linux' },
    { id: other, isThis: false, device: 'Firefox 131 on Linux' },
  ])
  await expect(
    endOwnSession(await authorize('keys.read'), { sessionId: foreign }),
  ).rejects.toMatchObject({ code: 'not_found' })
  await endOwnSession(await authorize('keys.read'), { sessionId: other })
  await expect(
    endOwnSession(await authorize('keys.read'), { sessionId: other }),
  ).rejects.toMatchObject({ code: 'not_found' })
  expect((await audited()).map(({ body }) => body.includes(other))).toEqual([true])

  cookie = other
  await expect(authorize('keys.read')).rejects.toMatchObject({ code: 'unauthenticated' })
  cookie = foreign
  await authorize('keys.read')
  await expect(authorize('people.read')).rejects.toMatchObject({ code: 'forbidden' })
})

it('are listed for auditors and administrators, and ended by administrators', async () => {
  const [ann = ''] = await addPerson('ann', 'viewer', 1)
  const [root = ''] = await addPerson('root', 'admin', 1)
  const [auditor = ''] = await addPerson('auditor', 'auditor', 1)
  cookie = auditor
  expect(
    (await listSessions(await authorize('people.read'), null)).sessions
      .map(({ person }) => person.name)
      .toSorted(),
  ).toEqual(['ann', 'auditor', 'root'])
  await expect(authorize('people.manage')).rejects.toMatchObject({ code: 'forbidden' })
  cookie = root
  await endSession(await authorize('people.manage'), { sessionId: ann })
  const { sessions: left } = await listSessions(await authorize('people.read'), null)
  expect(left.map(({ id }) => id).toSorted()).toEqual([root, auditor].toSorted())
  cookie = ann
  await expect(authorize('keys.read')).rejects.toMatchObject({ code: 'unauthenticated' })
})

it('say how many there are where more than 500 are under way', async () => {
  const [auditor = ''] = await addPerson('auditor', 'auditor', 1)
  await sql.execute(
    `INSERT INTO "Session" ("id", "personId", "device", "startedAt", "lastSeenAt")
     SELECT gen_random_uuid(), "personId", "device", claviger_now() - n * interval '1 second', "lastSeenAt"
     FROM "Session", generate_series(1, 504) n WHERE "id" = $1::uuid`,
    [auditor],
  )
  cookie = auditor
  const { sessions, total } = await listSessions(await authorize('people.read'), null)
  expect([sessions.length, total, sessions[0]?.isThis]).toEqual([500, 505, true])
})
