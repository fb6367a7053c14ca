import 'server-only'
import { ListKeyRotationsCommand, type RotationsListEntry } from '@aws-sdk/client-kms'
import { openKms } from '@/lib/aws/clients'
import { listPages } from '@/lib/aws/pages'
import { monthlyCostOf } from '@/lib/cost/prices'
import { transaction } from '@/lib/db/client'
import { lockKeys } from './core-write'
import { forEachKey, type SweptKey } from '@/lib/sweep/each-key'
import { mayAskRotations } from './key-facts'
import { askPart, type PartProblem } from '@/lib/sweep/part'
import { defineSweep, type Outcome, type Run } from '@/lib/sweep/sweep'
import { sweepStatusBy } from '@/lib/sweep/sweep-status'

const width = 110

export type RotationsSeen = {
  arn: string
  rotations: RotationsListEntry[] | null
  at: string
  problems: Record<string, PartProblem | null>
}

/**
 * The rotation history and key materials of every key that can have them; of the
 * others there is nothing to ask.
 */
async function sweepRotations(run: Run): Promise<Outcome> {
  const read = makeRotationsReader(run)
  await forEachKey(run, {
    doneIn: 'rotationsIn',
    seenAt: 'rotationsAt',
    described: true,
    width,
    read,
    write: (rows) => writeRotations(rows, run.lease.id),
  })
  return sweepStatusBy(run, 'kms:ListKeyRotations')
}

export const rotationsSweep = defineSweep({
  kind: 'rotations',
  place: 'region',
  every: 24,
  after: 'core',
  priority: 1,
  lane: 'keys',
  needs: {
    'kms:ListKeyRotations': {
      gives: 'rotation history and key materials',
      without:
        'No rotation dates, no on-demand rotations left, no expiry by material, and no ' +
        'monthly cost for symmetric keys.',
    },
  },
  run: sweepRotations,
})

export function makeRotationsReader(run: Run): (key: SweptKey) => Promise<RotationsSeen> {
  const kms = openKms(run.reader)
  return async (key) => {
    const seen: RotationsSeen = {
      arn: key.arn,
      rotations: null,
      at: new Date(run.now()).toISOString(),
      problems: {},
    }
    if (!mayAskRotations(key)) {
      // A key whose kind is unknown keeps the reason; one that has no rotations has
      // no problem with them either.
      seen.problems.rotations = key.keySpec === null ? (key.problems.describe ?? null) : null
      return seen
    }
    seen.rotations = await askPart(
      run,
      seen.problems,
      'rotations',
      'kms:ListKeyRotations',
      async () => {
        const found: RotationsListEntry[] = []
        const send = (Marker: string | undefined) =>
          kms.send(
            new ListKeyRotationsCommand({
              KeyId: key.keyId,
              IncludeKeyMaterial: 'ALL_KEY_MATERIAL',
              Limit: 1000,
              Marker,
            }),
          )
        for await (const page of listPages((Marker) =>
          run.call('kms:ListKeyRotations', () => send(Marker)),
        ))
          found.push(...(page.Rotations ?? []))
        return found
      },
    )
    return seen
  }
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

/** Replaces the stored materials of each key by a complete listing. */
export async function writeRotations(
  seen: readonly RotationsSeen[],
  sweepId: number | null,
): Promise<void> {
  await transaction(
    async (tx) => {
      const stored = await lockKeys(
        tx,
        seen.map((one) => one.arn),
      )
      const listed = seen.filter((one) => one.rotations !== null)
      await tx.execute(`DELETE FROM "KeyMaterial" WHERE "keyArn" = ANY($1)`, [
        listed.map((one) => one.arn),
      ])
      await tx.execute(
        `INSERT INTO "KeyMaterial" ("keyArn", "keyMaterialId", "description", "importState",
          "keyMaterialState", "expirationModel", "validTo", "rotationDate", "rotationType",
          "observedAt")
       SELECT r."keyArn", r."keyMaterialId", r."description", r."importState", r."keyMaterialState",
         r."expirationModel", r."validTo", r."rotationDate", r."rotationType", r."observedAt"
       FROM jsonb_populate_recordset(null::"KeyMaterial", $1::jsonb) r`,
        [JSON.stringify(listed.flatMap(toMaterials))],
      )
      const rows = seen.map((one) => {
        const key = stored.get(one.arn)
        const counts = one.rotations && countRotations(one.rotations)
        const cost =
          counts && key
            ? monthlyCostOf(
                {
                  keyManager: key.keyManager,
                  keyState: key.keyState,
                  rotationCount: counts.rotationCount,
                  canRotate: true,
                },
                new Date(),
              )
            : null
        return { arn: one.arn, at: counts ? one.at : null, ...counts, cost, problems: one.problems }
      })
      await tx.execute(
        `UPDATE "Key" k SET "rotationsIn" = coalesce($2::bigint, k."rotationsIn"),
          "problems" = jsonb_strip_nulls(k."problems" || r."problems"),
         "rotationCount" = CASE WHEN r."at" IS NULL THEN k."rotationCount" ELSE r."rotationCount" END,
         "onDemandUsed" = CASE WHEN r."at" IS NULL THEN k."onDemandUsed" ELSE r."onDemandUsed" END,
         "lastRotatedAt" = CASE WHEN r."at" IS NULL THEN k."lastRotatedAt" ELSE r."lastRotatedAt" END,
         "monthlyCostUsd" = CASE WHEN r."at" IS NULL THEN k."monthlyCostUsd" ELSE r."cost" END,
           "rotationsAt" = coalesce(r."at", k."rotationsAt")
       FROM jsonb_to_recordset($1::jsonb) r("arn" text, "at" timestamptz, "rotationCount" int,
         "onDemandUsed" int, "lastRotatedAt" timestamptz, "cost" float8, "problems" jsonb)
       WHERE k."arn" = r."arn"`,
        [JSON.stringify(rows), sweepId],
      )
    },
    { timeoutMs: 60_000 },
  )
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
