import 'server-only'
import { sql } from '@/lib/db/client'

/**
 * The tag that names a key's owner: setting `ownerTag`, default `owner`. Compared without
 * regard to case, as people write it.
 */
export async function readOwnerTag(): Promise<string> {
  const [row] = await sql.query<{ value: unknown }>(
    `SELECT "value" FROM "Setting" WHERE "name" = 'ownerTag'`,
  )
  return typeof row?.value === 'string' && row.value !== '' ? row.value : 'owner'
}

export function ownerOf(tags: Record<string, string>, ownerTag: string): string | null {
  const name =
    Object.keys(tags).find((key) => key === ownerTag) ??
    Object.keys(tags).find((key) => key.toLowerCase() === ownerTag.toLowerCase())
  return name === undefined ? null : tags[name] || null
}
