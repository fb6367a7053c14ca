import 'server-only'
import type { RotationsListEntry } from '@aws-sdk/client-kms'
import { monthlyCostOf } from '@/lib/cost/prices'
import { raw, sql, transaction, type Sql, type Tx } from '@/lib/db/client'
import { joinSlice, readAt } from '@/lib/sweep/last-read'
import type { PartProblem } from '@/lib/sweep/part'
import { lockKeys, type Looked } from './core-write'

export type RotationsSeen = {
  arn: string
  rotations: RotationsListEntry[] | null
  at: string
  problems: Record<string, PartProblem | null>
}

/**
 * What a list of rotations comes to. Rows of material that never was current by a rotation
 * have neither date nor type.
 */
function countRotations(rotations: readonly RotationsListEntry[]) {
  const done = rotations.filter((one) => one.RotationDate !== undefined)
  const lastRotatedAt = done.reduce<Date | null>(
    (last, { RotationDate }) =>
      RotationDate && (!last || RotationDate > last) ? RotationDate : last,
    null,
  )
  return {
    rotationCount: done.length,
    onDemandUsed: done.filter((one) => one.RotationType === 'ON_DEMAND').length,
    lastRotatedAt,
  }
}

/** Columns of a material; the time of the look is no fact of it. */
const facts = [
  'keyArn',
  'keyMaterialId',
  'description',
  'importState',
  'keyMaterialState',
  'expirationModel',
  'validTo',
  'rotationDate',
  'rotationType',
]
  .map((name) => `"${name}"`)
  .join(', ')
const counts = ['rotationCount', 'onDemandUsed', 'lastRotatedAt'] as const
const countsOf = (row: string) => counts.map((name) => `${row}."${name}"`).join(', ')
const setCounts = counts
  .map((name) => `"${name}" = CASE WHEN r.at IS NULL THEN k."${name}" ELSE r."${name}" END`)
  .join(', ')
const problems = raw('derived.merge_problems(k.problems, r.problems)')
const factColumns = raw(facts)

/** Listed materials as rows. */
const materialRows = (seen: readonly RotationsSeen[]): Sql =>
  sql`jsonb_populate_recordset(null::"KeyMaterial",
    ${JSON.stringify(seen.flatMap(toMaterials))}::jsonb)`
/** What the listings say of their keys, as rows r. */
const keyRows = (keys: readonly ReturnType<typeof toKey>[]): Sql =>
  sql`jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) r(arn text, at timestamptz(3),
    "rotationCount" int, "onDemandUsed" int, "lastRotatedAt" timestamptz(3), cost float8,
    problems jsonb)`

/** Keys of which a listing says what is not stored: the same materials, as often as each. */
const findNews = (materials: Sql, keys: Sql): Sql =>
  sql`WITH seen AS MATERIALIZED (SELECT * FROM ${keys}),
  listed AS MATERIALIZED (SELECT ${factColumns} FROM ${materials} r),
  stored AS MATERIALIZED (SELECT ${factColumns} FROM "KeyMaterial"
    WHERE "keyArn" IN (SELECT arn FROM seen WHERE at IS NOT NULL))
  SELECT r.arn FROM seen r JOIN "Key" k ON k.arn = r.arn
  WHERE ${problems} <> k.problems OR CASE WHEN r.at IS NULL
    THEN k."rotationsAt" IS NOT NULL AND NOT 'rotations' = ANY(k."readApart")
    ELSE k."rotationsAt" IS NULL OR 'rotations' = ANY(k."readApart")
      OR ROW(${raw(countsOf('k'))}, k."monthlyCostUsd")
        IS DISTINCT FROM ROW(${raw(countsOf('r'))}, r.cost) END
  UNION SELECT "keyArn" FROM (SELECT * FROM listed EXCEPT ALL SELECT * FROM stored) new
  UNION SELECT "keyArn" FROM (SELECT * FROM stored EXCEPT ALL SELECT * FROM listed) old`

type Priced = { keyManager: string | null; keyState: string | null }

/**
 * Replaces the stored materials of each key by a complete listing. A sweep writes only the keys of
 * which its listing is news.
 */
export async function writeRotations(
  seen: readonly RotationsSeen[],
  looked: Looked,
): Promise<void> {
  const news = looked === 'alone' ? seen : await pickNews(seen)
  if (news.length > 0) await transaction((tx) => writeNews(tx, news, looked), { timeoutMs: 60_000 })
}

async function pickNews(seen: readonly RotationsSeen[]): Promise<RotationsSeen[]> {
  const kinds = await sql.query<Priced & { arn: string }>(
    `SELECT arn, "keyManager", "keyState" FROM "Key" WHERE arn = ANY($1)`,
    [seen.map(({ arn }) => arn)],
  )
  const stored = new Map(kinds.map((kind) => [kind.arn, kind]))
  const keys = keyRows(seen.map((one) => toKey(one, stored.get(one.arn))))
  const found = await sql.query<{ arn: string }>(findNews(materialRows(seen), keys))
  const news = new Set(found.map(({ arn }) => arn))
  return seen.filter(({ arn }) => news.has(arn))
}

async function writeNews(tx: Tx, seen: readonly RotationsSeen[], looked: Looked): Promise<void> {
  const stored = await lockKeys(
    tx,
    seen.map(({ arn }) => arn),
  )
  const keys = keyRows(seen.map((one) => toKey(one, stored.get(one.arn))))
  const read = await tx.query<{ arn: string }>(
    sql`SELECT k.arn FROM ${keys} JOIN "Key" k ON k.arn = r.arn ${raw(joinSlice)}
     WHERE r.at >= coalesce(${raw(readAt('rotations'))}, '-infinity')`,
  )
  const newer = read.map(({ arn }) => arn)
  await tx.execute(`DELETE FROM "KeyMaterial" WHERE "keyArn" = ANY($1)`, [newer])
  await tx.execute(
    sql`INSERT INTO "KeyMaterial" (${factColumns}, "observedAt")
     SELECT ${factColumns}, "observedAt" FROM ${materialRows(seen)} r
     WHERE "keyArn" = ANY(${newer})`,
  )
  await tx.execute(
    sql`UPDATE "Key" k SET "problems" = ${problems}, ${raw(setCounts)},
       "monthlyCostUsd" = CASE WHEN r.at IS NULL THEN k."monthlyCostUsd" ELSE r.cost END,
       "rotationsAt" = coalesce(r.at, r.before),
       "readApart" = array_remove(k."readApart", 'rotations')
         || CASE WHEN r.at IS NULL OR ${looked === 'alone'} THEN '{rotations}'::text[]
           ELSE '{}'::text[] END
     FROM (SELECT r.*, ${raw(readAt('rotations'))} AS before
       FROM ${keys} JOIN "Key" k ON k.arn = r.arn ${raw(joinSlice)}) r
     WHERE k.arn = r.arn AND (r.at IS NULL OR k.arn = ANY(${newer}))`,
  )
}

/** What a listing says of the key itself. */
function toKey(one: RotationsSeen, key: Priced | undefined) {
  const counted = one.rotations && countRotations(one.rotations)
  const cost =
    counted && key
      ? monthlyCostOf(
          {
            keyManager: key.keyManager,
            keyState: key.keyState,
            rotationCount: counted.rotationCount,
            canRotate: true,
          },
          new Date(),
        )
      : null
  return { arn: one.arn, at: counted ? one.at : null, ...counted, cost, problems: one.problems }
}

function toMaterials({ arn, rotations, at }: RotationsSeen) {
  return (rotations ?? []).map((one) => ({
    keyArn: arn,
    keyMaterialId: one.KeyMaterialId ?? null,
    description: one.KeyMaterialDescription ?? null,
    importState: one.ImportState ?? null,
    keyMaterialState: one.KeyMaterialState ?? null,
    expirationModel: one.ExpirationModel ?? null,
    validTo: one.ValidTo ?? null,
    rotationDate: one.RotationDate ?? null,
    rotationType: one.RotationType ?? null,
    observedAt: at,
  }))
}
