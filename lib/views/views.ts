import 'server-only'
import type { Permission } from '@/lib/auth/permissions'
import type { Permit } from '@/lib/auth/permit'
import { db } from '@/lib/db/client'
import { AppError } from '@/lib/errors'

export type SavedView = { id: string; name: string; query: string; shared: boolean; mine: boolean; owner: string }
type Reading = Extract<Permission, 'keys.read' | 'grants.read' | 'access.read' | 'audit.read' | 'views.save'>

/** One's own views of a table and those others share. A view is an address only: what it shows is asked with the reader's own permit. */
export async function listViews(permit: Permit<Reading>, table: string): Promise<SavedView[]> {
  const found = await db.savedView.findMany({
    where: { table, OR: [{ ownerId: permit.actor.id }, { shared: true }] },
    include: { owner: { select: { name: true } } }, orderBy: [{ name: 'asc' }, { id: 'asc' }], take: 200,
  })
  return found.map(({ id, name, query, shared, ownerId, owner }) => ({ id, name, query, shared, mine: ownerId === permit.actor.id, owner: owner.name }))
}

/** Saves under a name of one's own; the same name again replaces it. */
export async function saveView(permit: Permit<'views.save'>, view: { table: string; name: string; query: string; shared: boolean }): Promise<{ id: string }> {
  const ownerId = permit.actor.id
  const { table, name, query, shared } = view
  return db.savedView.upsert({
    where: { ownerId_table_name: { ownerId, table, name } },
    create: { ownerId, table, name, query, shared }, update: { query, shared }, select: { id: true },
  })
}

/** @throws AppError not_found for a view of somebody else, shared or not. */
export async function deleteView(permit: Permit<'views.save'>, id: string): Promise<void> {
  const { count } = await db.savedView.deleteMany({ where: { id, ownerId: permit.actor.id } })
  if (count === 0) throw new AppError('not_found', 'There is no such view of yours.')
}
