import 'server-only'
import type { Scope } from '../../auth/permissions'
import { join, raw, sql, transaction, type Sql } from '../../db/client'
import { withinAccounts } from '../../db/scope'
import { containing } from '../../table/sql'
import { unknownContext } from '../resources'

/** A resource and a key it was encrypted or decrypted under. */
export type FoundResource = {
  kind: string
  resource: string
  keyArn: string
  /** Null: the key is not among those in scope. */
  keyName: string | null
  /** The account that saw it, by name. */
  accountId: string
  accountName: string
}

/** An index of trigrams finds nothing shorter. */
const fewestLetters = 3
/** So many rows are looked at: of a text that half of all resources have, only the first are found. */
const mostLookedAt = 500

/**
 * Finds resources by ARN, ID or name, each with the key that it was seen under, the last seen first.
 * A text without a word of three letters finds none.
 */
export async function findBound(
  scope: Scope,
  keyScope: Scope,
  words: readonly string[],
  limit: number,
): Promise<FoundResource[]> {
  if (!words.some(({ length }) => length >= fewestLetters)) return []
  const text = raw(`lower(b.resource_kind || ' ' || b.resource)`)
  const conditions = [
    ...words.map((word): Sql => sql`${text} LIKE ${containing(word)}`),
    sql`b.resource_kind <> ${unknownContext}`,
    withinAccounts('b.account_id', scope),
  ]
  return transaction(async (tx) => {
    // Matches do not lie evenly, as the planner takes them to: a word that few have would cost a
    // walk over all rows.
    await tx.execute('SET LOCAL enable_seqscan = off')
    return tx.query<FoundResource>(
      sql`WITH found AS (
          SELECT f.resource_kind, f.resource, f.key_arn, max(f.last_at) AS last_at,
            min(f.account_id) AS account_id
          FROM (SELECT * FROM trail.bound b WHERE ${join(conditions, ' AND ')}
            LIMIT ${mostLookedAt}) f
          GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT ${limit})
        SELECT f.resource_kind AS kind, f.resource, f.key_arn AS "keyArn",
          CASE WHEN k.arn IS NOT NULL THEN coalesce(k.aliases[1], k."keyId") END AS "keyName",
          f.account_id AS "accountId", coalesce(a.name, f.account_id) AS "accountName"
        FROM found f
        LEFT JOIN "Key" k ON k.arn = f.key_arn COLLATE "default"
          AND ${withinAccounts('k."accountId"', keyScope)}
        LEFT JOIN "Account" a ON a.id = f.account_id COLLATE "default"
        ORDER BY f.last_at DESC, 1, 2, 3`,
    )
  })
}
