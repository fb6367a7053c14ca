import { expect } from 'vitest'
import { sql } from '../../db/client'

/** Expects each of so many grants to be kept as grant_facts says now, and its twins to be found. */
export async function expectKept(n: number) {
  const others = await sql.query<{ grantId: string; kept: object; afresh: object }>(
    `SELECT * FROM (
       SELECT g."grantId", to_jsonb(r) - '{id,iam_of,facets}'::text[] AS kept,
         to_jsonb(f) || jsonb_build_object('twin', NOT r.gone AND count(*) FILTER (
           WHERE NOT r.gone) OVER (PARTITION BY r.fingerprint) > 1) AS afresh
       FROM "Grant" g
       LEFT JOIN derived.grant_row r ON r.key_arn = g."keyArn" AND r.grant_id = g."grantId"
       CROSS JOIN LATERAL derived.grant_facts(g) f) x
     WHERE kept IS DISTINCT FROM afresh`,
  )
  expect(others).toEqual([])
  expect(await sql.query('SELECT count(*) AS n FROM derived.grant_row')).toEqual([{ n }])
}
