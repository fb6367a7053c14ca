import { afterEach, expect, it, vi } from 'vitest'
import type { Permission, Role } from '../auth/permissions'
import type { Actor } from '../auth/permit'
import { freshDatabase } from '../db/test/database'

let asking: string | null = null
vi.mock('../auth/session', async () => {
  const { actorOf } =
    await vi.importActual<typeof import('../auth/test/signed-in')>('../auth/test/signed-in')
  return { readActor: async (): Promise<Actor | null> => (asking ? actorOf(asking) : null) }
})

const { authorize } = await import('../auth/permit')
const { deleteView, listViews, mostViews, saveView } = await import('./views')
const { db, sql } = await freshDatabase()

afterEach(() => db.person.deleteMany())

async function addPerson(name: string, role: Role): Promise<string> {
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
  return id
}
function permit<P extends Permission>(personId: string, permission: P) {
  asking = personId
  return authorize(permission)
}
const view = (name: string, more: { shared?: boolean; table?: string } = {}) => ({
  table: 'keys',
  name,
  query: `q=${name}`,
  shared: false,
  ...more,
})
const audited = (event: string) =>
  sql.query('SELECT 1 FROM "AuditEntry" WHERE "event" = $1', [event])

it('lists one’s own first, whatever others share, and keeps no more than fifty a table', async () => {
  const [ann, bob] = [await addPerson('ann', 'viewer'), await addPerson('bob', 'requester')]
  await saveView(await permit(ann, 'views.save'), view('zz my own'))
  await db.savedView.createMany({
    data: Array.from({ length: 300 }, (_, i) => ({
      ...view(`!${String(i).padStart(3, '0')}`, { shared: true }),
      ownerId: bob,
    })),
  })
  const listed = await listViews(await permit(ann, 'keys.read'), 'keys')
  expect(listed[0]).toMatchObject({ name: 'zz my own', mine: true, mayDelete: true })
  expect(listed).toHaveLength(201)
  expect(listed[1]).toMatchObject({ mine: false, owner: 'bob', mayDelete: false })

  const own = await permit(ann, 'views.save')
  for (let i = 1; i < mostViews; i++) await saveView(own, view(`v${i}`))
  const tooMany = await Promise.allSettled([
    saveView(own, view('one')),
    saveView(own, view('more')),
  ])
  expect(tooMany.every(({ status }) => status === 'rejected')).toBe(true)
  await saveView(own, view('v1')) // the same name replaces
  await saveView(own, view('one', { table: 'grants' }))
  expect(await db.savedView.count({ where: { ownerId: ann, table: 'keys' } })).toBe(mostViews)

  await db.savedView.createMany({
    data: Array.from({ length: 500 }, (_, i) => ({
      ...view('v', { table: `other${i}` }),
      ownerId: ann,
    })),
  })
  await expect(saveView(own, view('yet another', { table: 'audit' }))).rejects.toMatchObject({
    code: 'conflict',
  })
})

it('is shared by who holds views.share, which a viewer does not, and each sharing is audited', async () => {
  const [ann, bob] = [await addPerson('ann', 'viewer'), await addPerson('bob', 'requester')]
  await expect(
    saveView(await permit(ann, 'views.save'), view('x', { shared: true })),
  ).rejects.toMatchObject({ code: 'forbidden', details: { permission: 'views.share' } })
  await saveView(await permit(bob, 'views.save'), view('x', { shared: true }))
  expect(await audited('view.shared')).toHaveLength(1)
  expect(await listViews(await permit(ann, 'keys.read'), 'keys')).toHaveLength(1)
  await saveView(await permit(bob, 'views.save'), view('x'))
  expect(await audited('view.unshared')).toHaveLength(1)
  expect(await listViews(await permit(ann, 'keys.read'), 'keys')).toEqual([])
})

it('that is shared can be removed by administrators, a private one by its owner alone', async () => {
  const [ann, bob, root] = [
    await addPerson('ann', 'requester'),
    await addPerson('bob', 'requester'),
    await addPerson('root', 'admin'),
  ]
  const shared = await saveView(await permit(ann, 'views.save'), view('shared', { shared: true }))
  const own = await saveView(await permit(ann, 'views.save'), view('own'))
  await expect(deleteView(await permit(bob, 'views.save'), shared.id)).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(deleteView(await permit(root, 'views.save'), own.id)).rejects.toMatchObject({
    code: 'not_found',
  })
  const [listed] = await listViews(await permit(root, 'keys.read'), 'keys')
  expect(listed).toMatchObject({ name: 'shared', mayDelete: true })
  await deleteView(await permit(root, 'views.save'), shared.id)
  expect(await audited('view.deleted')).toHaveLength(1)
  await deleteView(await permit(ann, 'views.save'), own.id)
})
