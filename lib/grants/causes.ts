import 'server-only'
import { notDone } from '@/lib/change-status'
import { raw, sql } from '@/lib/db/client'
import { isOfKindThat, type Reading } from './grants-sql'
import type { Known } from './flags'
import type { Because, Cause } from './row'

type Pair = { keyArn: string; grantId: string }
type Asked = Pair & { known: Known }

const nameOf = ({ keyArn, grantId }: Pair) => `${keyArn} ${grantId}`

const toPairs = (grants: readonly Pair[]) =>
  JSON.stringify(grants.map(({ keyArn, grantId }) => ({ keyArn, grantId })))

/**
 * Reads why each of these grants exists and what is about to end it; they must be in the permit's
 * scope, which the changes then are too.
 */
export async function readCauses(
  _permit: Reading,
  grants: readonly Asked[],
): Promise<(grant: Pair) => Cause> {
  if (grants.length === 0) return () => ({ cause: null, ending: null })
  const pairs = toPairs(grants)
  const ours = grants.filter(({ known }) => known === 'request' || known === 'adopted')
  const [because, ending] = await Promise.all([
    ours.length === 0
      ? []
      : sql.query<Because & Pair>(
          sql`SELECT DISTINCT ON (p."keyArn", p."grantId") p."keyArn", p."grantId",
         r.id AS "requestId", r.number, c.id AS "changeId",
         ${raw(isOfKindThat('adopts'))} AS adopted, c.status::text AS status,
         r.justification, c.input->>'owner' AS owner, c.input->>'reason' AS reason
       FROM jsonb_to_recordset(${toPairs(ours)}::jsonb) p("keyArn" text, "grantId" text)
       JOIN derived.grant_row g ON g.key_arn = p."keyArn" AND g.grant_id = p."grantId"
       CROSS JOIN LATERAL derived.causes_of_grant(g.key_arn, g.grant_id, g.name_id) x
       JOIN "Change" c ON c.id = x.change_id JOIN "Request" r ON r.id = c."requestId"
       WHERE g.made OR g.adopted
       ORDER BY p."keyArn", p."grantId", c.status = 'reverted', c."appliedAt" DESC NULLS LAST`,
        ),
    sql.query<Pair & { requestId: string; number: number }>(
      sql`SELECT c."keyArn", c.input->>'grantId' AS "grantId", r.id AS "requestId", r.number
        FROM (SELECT DISTINCT p."keyArn"
          FROM jsonb_to_recordset(${pairs}::jsonb) p("keyArn" text, "grantId" text)) k
        JOIN "Change" c ON c."keyArn" = k."keyArn" JOIN "Request" r ON r.id = c."requestId"
       WHERE ${raw(isOfKindThat('ends'))} AND c.status = ANY(${notDone}::"ChangeStatus"[])
         AND (c."keyArn", c.input->>'grantId') IN (SELECT p."keyArn", p."grantId"
         FROM jsonb_to_recordset(${pairs}::jsonb) p("keyArn" text, "grantId" text))`,
    ),
  ])
  const causeBy = new Map(
    because.map(({ keyArn, grantId, ...one }) => [nameOf({ keyArn, grantId }), one]),
  )
  const endingBy = new Map(
    ending.map(({ keyArn, grantId, ...one }) => [nameOf({ keyArn, grantId }), one]),
  )
  return (grant) => ({
    cause: causeBy.get(nameOf(grant)) ?? null,
    ending: endingBy.get(nameOf(grant)) ?? null,
  })
}
