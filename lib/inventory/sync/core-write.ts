import 'server-only'
import { sql, transaction, type Tx } from '@/lib/db/client'
import { monthlyCostOf } from '@/lib/cost/prices'
import { joinSlice, readAt } from '@/lib/sweep/last-read'
import type { CoreRow } from './core-key'
import { noteFoundChanges } from './found-changes'
import { canRotateAutomatically } from './key-facts'
import { ownerOf } from './owner'
import { writePolicies } from './policy-versions'

/** Of DescribeKey. */
const describedColumns = [
  'partition',
  'description',
  'keyState',
  'keySpec',
  'keyUsage',
  'origin',
  'keyManager',
  'scope',
  'primaryKeyArn',
  'createdAt',
  'deletionAt',
  'pendingWindowDays',
  'validTo',
  'expirationModel',
  'customKeyStoreId',
  'xksKeyId',
  'currentKeyMaterialId',
  'metadata',
] as const

/** The parts that one look at a key reads: when, and the columns that hold them. */
const parts = {
  describe: { at: 'describedAt', columns: describedColumns },
  tags: { at: 'tagsAt', columns: ['tags', 'owner'] },
  aliases: { at: 'aliasesAt', columns: ['aliases'] },
  policy: { at: 'policyAt', columns: ['policyHash'] },
  rotation: {
    at: 'rotationAt',
    columns: ['rotation', 'rotationPeriodDays', 'nextRotationAt', 'onDemandStartedAt'],
  },
} as const
const partNames = ['describe', 'tags', 'aliases', 'policy', 'rotation'] as const
type Part = (typeof partNames)[number]

const list = (row: string, columns: readonly string[]) =>
  columns.map((column) => `${row}."${column}"`).join(', ')

/** SQL of whether a part, as read (r), tells anything that the row of the key (k) does not. */
function isNews(part: Part): string {
  const { at, columns } = parts[part]
  const isApart = `'${part}' = ANY(k."readApart")`
  return `CASE WHEN r."${at}" IS NULL THEN k."${at}" IS NOT NULL AND NOT ${isApart}
    ELSE k."${at}" IS NULL OR ${isApart}
      OR ROW(${list('r', columns)}) IS DISTINCT FROM ROW(${list('k', columns)}) END`
}

const problems = 'derived.merge_problems(k.problems, r.problems)'

/** Which of some keys have to be written: those of which a look says what is not stored. */
const findNews = `SELECT k.arn FROM jsonb_populate_recordset(null::"Key", $1::jsonb) r
  JOIN "Key" k ON k.arn = r.arn
  WHERE ${partNames.map(isNews).join(' OR ')} OR 'listed' = ANY(k."readApart")
    OR r."monthlyCostUsd" IS DISTINCT FROM k."monthlyCostUsd" OR ${problems} <> k.problems`

/**
 * A column takes the new value when its part was read, and not before a newer look at it was
 * stored; that of a part that was not read keeps the time of the last look.
 */
function setColumns(part: Part): string {
  const { at, columns } = parts[part]
  const values = columns.map(
    (column) =>
      `"${column}" = CASE WHEN r."${part}IsNewer" THEN r."${column}" ELSE k."${column}" END`,
  )
  const time = `"${at}" = CASE WHEN r."${part}IsNewer" THEN r."${at}"
    WHEN r."${at}" IS NULL THEN r."${at}Before" ELSE k."${at}" END`
  return [...values, time].join(', ')
}

/**
 * What no sweep read with the others of the slice stands apart: a part that one could not read, and
 * all that was read for this key alone.
 */
const setApart = (part: Part, looked: Looked): string =>
  `CASE WHEN r."${parts[part].at}" IS NULL OR r."${part}IsNewer" AND ${looked === 'alone'}
      OR NOT coalesce(r."${part}IsNewer", false) AND '${part}' = ANY(k."readApart")
    THEN '${part}' END`

const readBefore = partNames.map(
  (part) => `${readAt(part)} AS "${parts[part].at}Before",
    r."${parts[part].at}" >= coalesce(${readAt(part)}, '-infinity') AS "${part}IsNewer"`,
)
const withoutParts = (stored: string): string =>
  partNames.reduce((rest, part) => `array_remove(${rest}, '${part}')`, stored)

/** Every key that a sweep looks at was listed by it. */
const otherParts: Readonly<Record<Looked, string>> = {
  sweep: withoutParts(`array_remove(k."readApart", 'listed')`),
  alone: withoutParts('k."readApart"'),
}

const update = (looked: Looked): string =>
  `UPDATE "Key" k SET ${partNames.map(setColumns).join(', ')},
  "monthlyCostUsd" = r."monthlyCostUsd", "problems" = ${problems},
  "readApart" = ${otherParts[looked]}
    || array_remove(ARRAY[${partNames.map((part) => setApart(part, looked)).join(', ')}], NULL)
  FROM (SELECT r.*, ${readBefore.join(', ')}
    FROM jsonb_populate_recordset(null::"Key", $1::jsonb) r
    JOIN "Key" k ON k.arn = r.arn ${joinSlice}) r
  WHERE k.arn = r.arn`

/** What the price of a key depends on. */
type Kind = {
  rotationCount: number | null
  keyManager: string | null
  keyState: string | null
  keySpec: string | null
  origin: string | null
}
type Stored = Kind & { arn: string; policyHash: string | null; policyAt: Date | null }

/**
 * Who looked: a sweep that goes over all keys of a slice, whose line then says when, or a look at
 * this key alone, which the key's row has to tell.
 */
export type Looked = 'sweep' | 'alone'

/** Stores what was learnt about some keys, all or nothing. A sweep writes only what is news. */
export async function writeCore(
  seen: readonly CoreRow[],
  ownerTag: string,
  looked: Looked,
): Promise<void> {
  const rows = looked === 'alone' ? seen : await pickNews(seen, ownerTag)
  if (rows.length === 0) return
  await transaction(async (tx) => {
    const stored = await lockKeys(
      tx,
      rows.map((row) => row.arn),
    )
    await writePolicies(
      tx,
      rows.flatMap(({ arn, policy }) =>
        policy
          ? [{ arn, hash: policy.policyHash, text: policy.policyText, at: policy.policyAt }]
          : [],
      ),
      stored,
    )
    const flat = rows.map((row) => flatten(row, ownerTag, stored.get(row.arn)))
    if (looked === 'sweep') await noteFoundChanges(tx, flat)
    await tx.execute(update(looked), [JSON.stringify(flat)])
  })
}

async function pickNews(seen: readonly CoreRow[], ownerTag: string): Promise<CoreRow[]> {
  const kinds = await sql.query<Kind & { arn: string }>(
    `SELECT arn, "rotationCount", "keyManager", "keyState", "keySpec", origin
     FROM "Key" WHERE arn = ANY($1)`,
    [seen.map(({ arn }) => arn)],
  )
  const stored = new Map(kinds.map((kind) => [kind.arn, kind]))
  const flat = seen.map((row) => flatten(row, ownerTag, stored.get(row.arn)))
  const found = await sql.query<{ arn: string }>(findNews, [JSON.stringify(flat)])
  const news = new Set(found.map(({ arn }) => arn))
  return seen.filter(({ arn }) => news.has(arn))
}

/** What was learnt as columns of Key; a part that is absent has no time. */
function flatten(row: CoreRow, ownerTag: string, stored: Kind | undefined) {
  return {
    arn: row.arn,
    ...row.described,
    ...row.named,
    ...row.tagged,
    ...row.rotation,
    policyHash: row.policy?.policyHash,
    policyAt: row.policy?.policyAt,
    owner: row.tagged ? ownerOf(row.tagged.tags, ownerTag) : null,
    monthlyCostUsd: costOf(row, stored),
    problems: row.problems,
  }
}

/**
 * Rows are locked in order, so a refresh and a sweep wait for each other and the newer look wins.
 */
export async function lockKeys(tx: Tx, arns: readonly string[]): Promise<Map<string, Stored>> {
  const rows = await tx.query<Stored>(
    `SELECT k.arn, k."policyHash", ${readAt('policy')} AS "policyAt", k."rotationCount",
       k."keyManager", k."keyState", k."keySpec", k.origin
     FROM "Key" k ${joinSlice} WHERE k.arn = ANY($1) ORDER BY k.arn FOR UPDATE OF k`,
    [arns],
  )
  return new Map(rows.map((row) => [row.arn, row]))
}

function costOf(row: CoreRow, stored: Kind | undefined): number | null {
  const kind = row.described ?? stored
  if (!kind) return null
  const canRotate =
    canRotateAutomatically(kind) ||
    (kind.origin === 'EXTERNAL' && kind.keySpec === 'SYMMETRIC_DEFAULT')
  return monthlyCostOf(
    {
      keyManager: kind.keyManager,
      keyState: kind.keyState,
      rotationCount: stored?.rotationCount ?? null,
      canRotate,
    },
    new Date(),
  )
}
