import { expect } from 'vitest'
import { sql } from '../../db/client'

/** Expects each of so many grants to be kept as grant_facts says now, and its twins to be found. */
export async function expectKept(n: number) {
  const others = await sql.query<{ grantId: string; kept: object; afresh: object }>(
    `SELECT * FROM (
       SELECT g."grantId", to_jsonb(r) - '{id,iam_of,facets}'::text[]
           || jsonb_build_object('twin', r.twin AND NOT r.gone) AS kept,
         to_jsonb(f) || jsonb_build_object('twin', NOT r.gone AND count(*) FILTER (
           WHERE NOT r.gone) OVER (PARTITION BY r.fingerprint) > 1) AS afresh
       FROM "Grant" g
       LEFT JOIN derived.grant_row r ON r.key_arn = g."keyArn" AND r.grant_id = g."grantId"
       CROSS JOIN LATERAL derived.grant_facts(g) f) x
     WHERE kept IS DISTINCT FROM afresh`,
  )
  expect(others).toEqual([])
  const lines = await sql.query(
    `SELECT g."grantId", l.id FROM "Grant" g
     LEFT JOIN derived.grant_row r ON r.key_arn = g."keyArn" AND r.grant_id = g."grantId"
     LEFT JOIN derived.grant_line l ON l.id = r.id
     LEFT JOIN derived.grant_shared c ON c.id = l.shared
     LEFT JOIN derived.grant_key y ON y.id = l.key
     LEFT JOIN derived.grant_principal n ON n.id = l.grantee
     LEFT JOIN derived.grant_principal m ON m.id = l.retiring
     LEFT JOIN "Key" k ON k.arn = g."keyArn"
     WHERE (l.created_at, l.ends_at, l.gone, c.account, c.region, c.facets, c.iam_of, y.arn,
         y.aliases, n.principal, n.account, m.principal, l.operations, l.name)
       IS DISTINCT FROM (r.created_at, r.ends_at, r.gone, r.account, r.region, r.facets,
         coalesce(r.iam_of, ''), r.key_arn, coalesce(k.aliases, '{}'), r.grantee,
         r.grantee_account, coalesce(g."retiringPrincipal", g."retiringServicePrincipal"),
         derived.operation_bits(g.operations), nullif(g.name, ''))`,
  )
  expect(lines).toEqual([])
  for (const table of ['row', 'line'])
    expect(await sql.query(`SELECT count(*) AS n FROM derived.grant_${table}`)).toEqual([{ n }])
}
