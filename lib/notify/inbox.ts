import 'server-only'
import type { Permit } from '../auth/permit'
import { sql } from '../db/client'

export type NoticeRow = {
  id: string
  event: string
  title: string
  body: string
  href: string
  createdAt: string
  readAt: string | null
}
/** `unread` counts to a hundred: who has more wants no number. */
export type Bell = { unread: number; newest: NoticeRow[] }

type Stored = Omit<NoticeRow, 'createdAt' | 'readAt'> & { createdAt: Date; readAt: Date | null }
const toRow = ({ createdAt, readAt, ...row }: Stored): NoticeRow => ({
  ...row,
  createdAt: createdAt.toISOString(),
  readAt: readAt?.toISOString() ?? null,
})
const columns = '"id", "event", "title", "body", "href", "createdAt", "readAt"'

/** One's own notices, and nobody else's: the permit only says that the person is someone here. */
export async function readBell({ actor }: Permit<'requests.read'>): Promise<Bell> {
  const [[counted], newest] = await Promise.all([
    sql.query<{ unread: number }>(
      `SELECT count(*) AS unread
        FROM (SELECT 1 FROM "Notification" WHERE "personId" = $1 AND "readAt" IS NULL
          LIMIT 100) counted`,
      [actor.id],
    ),
    sql.query<Stored>(
      `SELECT ${columns} FROM "Notification" WHERE "personId" = $1 ORDER BY "createdAt" DESC, "id" LIMIT 8`,
      [actor.id],
    ),
  ])
  return { unread: counted?.unread ?? 0, newest: newest.map(toRow) }
}

const pageSize = 50

export async function listNotices(
  { actor }: Permit<'requests.read'>,
  { page, unreadOnly }: { page: number; unreadOnly: boolean },
): Promise<{ notices: NoticeRow[]; total: number; unread: number; pages: number }> {
  const [[counted], notices] = await Promise.all([
    sql.query<{ total: number; unread: number }>(
      `SELECT (SELECT count(*) FROM "Notification" WHERE "personId" = $1) AS total,
        (SELECT count(*) FROM "Notification" WHERE "personId" = $1 AND "readAt" IS NULL) AS unread`,
      [actor.id],
    ),
    sql.query<Stored>(
      `SELECT ${columns} FROM "Notification" WHERE "personId" = $1 AND ("readAt" IS NULL OR NOT $2)
        ORDER BY "createdAt" DESC, "id" LIMIT ${pageSize} OFFSET $3`,
      [actor.id, unreadOnly, (page - 1) * pageSize],
    ),
  ])
  const { total = 0, unread = 0 } = counted ?? {}
  return {
    notices: notices.map(toRow),
    total,
    unread,
    pages: Math.max(1, Math.ceil((unreadOnly ? unread : total) / pageSize)),
  }
}

/** Marks these notices as read, or all there are (null). What is not one's own stays as it is. */
export async function markRead(
  { actor }: Permit<'requests.read'>,
  { ids }: { ids: readonly string[] | null },
): Promise<void> {
  await sql.execute(
    `UPDATE "Notification" SET "readAt" = claviger_now() WHERE "personId" = $1 AND "readAt" IS NULL
      AND ($2::uuid[] IS NULL OR "id" = ANY($2::uuid[]))`,
    [actor.id, ids],
  )
}
