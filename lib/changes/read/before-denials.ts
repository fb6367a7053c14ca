import 'server-only'
import type { Permit } from '../../auth/permit'
import { sql } from '../../db/client'
import { isChangeVisible, isVisible } from '../scope/visible'

/** A key, and when somebody was refused on it first. */
export type FirstDenial = { key: string; firstAt: string }

export type ChangeBefore = {
  requestId: string
  title: string
  /** When it was done, or undone. */
  at: string
  isUndone: boolean
}

/** A change of the day before might have begun it; what is older hardly did. */
const hoursBefore = 24

/**
 * Finds for each first refusal the newest change of that key that was done or undone here shortly
 * before; null: none that the person may see.
 */
export async function findChangesBefore(
  permit: Permit<'requests.read'>,
  denials: readonly FirstDenial[],
): Promise<(ChangeBefore | null)[]> {
  const rows = await sql.query<Omit<ChangeBefore, 'at'> & { at: Date; place: number }>(
    sql`SELECT d.place::int AS place, found.*
     FROM json_to_recordset(${JSON.stringify(denials.map((one, place) => ({ ...one, place })))}::json)
       d(place int, key text, "firstAt" timestamptz)
     CROSS JOIN LATERAL (
       SELECT c."requestId", c."title", b.at, b."isUndone"
       FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
       CROSS JOIN LATERAL (VALUES (c."appliedAt", false),
         (CASE WHEN c."undoOutcome" IS NOT NULL THEN c."endedAt" END, true)) b(at, "isUndone")
       WHERE c."keyArn" = d.key AND b.at <= d."firstAt"
         AND b.at > d."firstAt" - make_interval(hours => ${hoursBefore})
         AND ${isVisible(permit)} AND ${isChangeVisible(permit)}
       ORDER BY b.at DESC LIMIT 1) found`,
  )
  const byPlace = new Map(
    rows.map(({ place, at, ...change }) => [place, { ...change, at: at.toISOString() }]),
  )
  return denials.map((_, place) => byPlace.get(place) ?? null)
}
