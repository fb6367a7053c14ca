import 'server-only'
import { transaction, type Tx } from '@/lib/db/client'
import { monthlyCostOf } from '@/lib/cost/prices'
import type { CoreRow } from './core-key'
import { canRotateAutomatically } from './key-facts'
import { ownerOf } from './owner'
import { writePolicies } from './policy-versions'

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
  'describedAt',
] as const
const taggedColumns = ['tags', 'owner', 'tagsAt'] as const
const namedColumns = ['aliases', 'aliasesAt'] as const
const rotationColumns = [
  'rotation',
  'rotationPeriodDays',
  'nextRotationAt',
  'onDemandStartedAt',
  'rotationAt',
] as const

/**
 * A column takes the new value when its part was read, and not before a
 * newer look at it was stored.
 */
function setColumns(columns: readonly string[], observed: string): string {
  return columns
    .map(
      (column) =>
        `"${column}" = CASE WHEN r."${observed}" >= coalesce(k."${observed}", '-infinity')
          THEN r."${column}" ELSE k."${column}" END`,
    )
    .join(', ')
}

const update = `UPDATE "Key" k
  SET ${setColumns(describedColumns, 'describedAt')}, ${setColumns(taggedColumns, 'tagsAt')},
  ${setColumns(namedColumns, 'aliasesAt')}, ${setColumns(rotationColumns, 'rotationAt')},
  "monthlyCostUsd" = r."monthlyCostUsd", "problems" = jsonb_strip_nulls(k."problems"
    || r."problems"), "coreIn" = coalesce($2::bigint, k."coreIn")
  FROM jsonb_populate_recordset(null::"Key", $1::jsonb) r WHERE k."arn" = r."arn"`

type Stored = {
  arn: string
  policyHash: string | null
  policyAt: Date | null
  rotationCount: number | null
  keyManager: string | null
  keyState: string | null
  keySpec: string | null
  origin: string | null
}

/**
 * Stores what was learnt about some keys, all or nothing. `sweepId` marks their core part as done
 * by that sweep; null by none.
 */
export async function writeCore(
  rows: readonly CoreRow[],
  ownerTag: string,
  sweepId: number | null,
): Promise<void> {
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
    const flat = rows.map((row) => ({
      arn: row.arn,
      ...row.described,
      ...row.named,
      ...row.tagged,
      ...row.rotation,
      owner: row.tagged ? ownerOf(row.tagged.tags, ownerTag) : null,
      monthlyCostUsd: costOf(row, stored.get(row.arn)),
      problems: row.problems,
    }))
    await tx.execute(update, [JSON.stringify(flat), sweepId])
  })
}

/**
 * Rows are locked in order, so a refresh and a sweep wait for each other and the newer look wins.
 */
export async function lockKeys(tx: Tx, arns: readonly string[]): Promise<Map<string, Stored>> {
  const rows = await tx.query<Stored>(
    `SELECT "arn", "policyHash", "policyAt", "rotationCount", "keyManager", "keyState", "keySpec", "origin"
     FROM "Key" WHERE "arn" = ANY($1) ORDER BY "arn" FOR UPDATE`,
    [arns],
  )
  return new Map(rows.map((row) => [row.arn, row]))
}

function costOf(row: CoreRow, stored: Stored | undefined): number | null {
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
