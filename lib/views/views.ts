import 'server-only'
import { appendAudit } from '@/lib/audit/append'
import { scopeOf, type Permission } from '@/lib/auth/permissions'
import type { Actor, Permit } from '@/lib/auth/permit'
import { sql, transaction, type Tx } from '@/lib/db/client'
import { AppError } from '@/lib/errors'

export type SavedView = {
  id: string
  name: string
  query: string
  shared: boolean
  mine: boolean
  owner: string
  /** One's own, or anybody's shared one for who manages them. */
  mayDelete: boolean
}

/** Views of one person for one table. */
export const mostViews = 50
/** Views of one person, of tables that are no more too. */
const mostViewsInAll = 500
/** Shared views of others that are listed, the newest. */
const mostShared = 200

/**
 * One's own views of a table first, then those that others share: nobody's sharing pushes one's own
 * away. A view is an address only: what it shows is asked with the reader's own permit.
 */
export async function listViews(
  { actor }: Permit<Permission>,
  table: string,
): Promise<SavedView[]> {
  const found = await sql.query<Omit<SavedView, 'mayDelete'>>(
    `(SELECT v."id", v."name", v."query", v."shared", true AS "mine", p."name" AS "owner"
      FROM "SavedView" v JOIN "Person" p ON p."id" = v."ownerId"
      WHERE v."table" = $1 AND v."ownerId" = $2::uuid ORDER BY lower(v."name"), v."id" LIMIT ${mostViews})
     UNION ALL
     (SELECT * FROM (
        SELECT v."id", v."name", v."query", v."shared", false AS "mine", p."name" AS "owner"
        FROM "SavedView" v JOIN "Person" p ON p."id" = v."ownerId"
        WHERE v."table" = $1 AND v."ownerId" <> $2::uuid AND v."shared" AND p."disabledAt" IS NULL
        ORDER BY v."createdAt" DESC, v."id" LIMIT ${mostShared}) s ORDER BY lower(s."name"), s."id")`,
    [table, actor.id],
  )
  const manages = scopeOf(actor.assigned, 'views.manage') !== null
  return found.map((view) => ({ ...view, mayDelete: view.mine || manages }))
}

const mayShare = ({ assigned }: Actor): boolean => scopeOf(assigned, 'views.share') !== null

export type NewView = { table: string; name: string; query: string; shared: boolean }

/**
 * Saves under a name of one's own; the same name again replaces it. What is shown to
 * others, or is no more, is audited.
 * @throws AppError forbidden to share without the right to it, conflict when there are too many.
 */
export async function saveView(
  { actor }: Permit<'views.save'>,
  view: NewView,
): Promise<{ id: string }> {
  const { table, name, query, shared } = view
  if (shared && !mayShare(actor)) {
    throw new AppError('forbidden', 'Showing a view to others needs the permission views.share.', {
      permission: 'views.share',
    })
  }
  return transaction(async (tx) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('claviger.views'), hashtext($1))`, [
      actor.id,
    ])
    const ofThisTable = { ownerId: actor.id, table }
    const before = await tx.savedView.findUnique({
      where: { ownerId_table_name: { ...ofThisTable, name } },
    })
    if (!before && (await tx.savedView.count({ where: ofThisTable })) >= mostViews) {
      throw new AppError(
        'conflict',
        `You have ${mostViews} views of this table, which is as many as are kept. Remove one first.`,
      )
    }
    if (!before && (await tx.savedView.count({ where: { ownerId: actor.id } })) >= mostViewsInAll) {
      throw new AppError('conflict', `You have ${mostViewsInAll} views. Remove one first.`)
    }
    const { id } = await tx.savedView.upsert({
      where: { ownerId_table_name: { ...ofThisTable, name } },
      create: { ...ofThisTable, name, query, shared },
      update: { query, shared },
      select: { id: true },
    })
    if (shared) await note(tx, actor, 'view.shared', { viewId: id, table, name, query })
    else if (before?.shared) await note(tx, actor, 'view.unshared', { viewId: id, table, name })
    return { id }
  })
}

/**
 * Removes one's own view, or for who manages them a shared one.
 * @throws AppError not_found for any other.
 */
export async function deleteView({ actor }: Permit<'views.save'>, id: string): Promise<void> {
  const manages = scopeOf(actor.assigned, 'views.manage') !== null
  await transaction(async (tx) => {
    const [gone] = await tx.query<{
      table: string
      name: string
      shared: boolean
      ownerId: string
    }>(
      `DELETE FROM "SavedView" WHERE "id" = $1::uuid AND ("ownerId" = $2::uuid OR ($3 AND "shared"))
       RETURNING "table", "name", "shared", "ownerId"`,
      [id, actor.id, manages],
    )
    if (!gone) throw new AppError('not_found', 'There is no such view of yours.')
    const { table, name, ownerId } = gone
    if (gone.shared) await note(tx, actor, 'view.deleted', { viewId: id, table, name, ownerId })
  })
}

type ViewEvent = 'view.shared' | 'view.unshared' | 'view.deleted'

async function note(
  tx: Tx,
  actor: Actor,
  event: ViewEvent,
  data: Record<string, unknown>,
): Promise<void> {
  await appendAudit(tx, { event, actor, data })
}
