import 'server-only'
import { ListGrantsCommand } from '@aws-sdk/client-kms'
import { openKms } from '@/lib/aws/clients'
import { listPages } from '@/lib/aws/pages'
import { transaction, type Tx } from '@/lib/db/client'
import { forEachKey, type SweptKey } from '@/lib/sweep/each-key'
import { readGrant, type GrantRow } from './grant-facts'
import { askPart, type PartProblem } from '@/lib/sweep/part'
import { defineSweep, type Outcome, type Run } from '@/lib/sweep/sweep'
import { sweepStatusBy } from '@/lib/sweep/sweep-status'

/** Calls under way; the quota of 100 a second is the limit, so more than it brings nothing. */
const width = 110
/**
 * A key may have 50,000 grants: they are stored in pieces, and what is no more
 * is concluded from the whole.
 */
const piece = 2_000

export type GrantsSeen = {
  arn: string
  grants: GrantRow[]
  at: string | null
  problems: Record<string, PartProblem | null>
}

/**
 * The grants of every key. A hidden key refuses ListGrants as well and is
 * asked once only while it hides.
 */
async function sweepGrants(run: Run): Promise<Outcome> {
  const read = makeGrantsReader(run)
  await forEachKey(run, {
    doneIn: 'grantsIn',
    seenAt: 'grantsAt',
    described: false,
    width,
    read: (key) =>
      key.problems.describe?.kind === 'denied' && key.problems.grants
        ? Promise.resolve({ arn: key.arn, grants: [], at: null, problems: {} })
        : read(key),
    write: (rows) => writeGrants(rows, run.lease.id),
  })
  return sweepStatusBy(run, 'kms:ListGrants')
}

export const grantsSweep = defineSweep({
  kind: 'grants',
  place: 'region',
  every: 4,
  after: 'core',
  priority: 1,
  lane: 'keys',
  needs: {
    'kms:ListGrants': {
      gives: 'grants',
      without:
        'Access given by grants is invisible: over-broad, orphaned and cross-account grants ' +
        'are not found, and expiry cannot be checked.',
    },
  },
  run: sweepGrants,
})

export function makeGrantsReader(
  run: Run,
): (key: Pick<SweptKey, 'arn' | 'keyId'>) => Promise<GrantsSeen> {
  const kms = openKms(run.reader)
  return async (key) => {
    const at = new Date(run.now()).toISOString()
    const problems: GrantsSeen['problems'] = {}
    const grants = await askPart(run, problems, 'grants', 'kms:ListGrants', async () => {
      const found: GrantRow[] = []
      for await (const page of listPages((Marker) =>
        run.call('kms:ListGrants', () =>
          kms.send(new ListGrantsCommand({ KeyId: key.keyId, Limit: 100, Marker })),
        ),
      )) {
        for (const grant of page.Grants ?? []) found.push(readGrant(key.arn, grant, at))
      }
      return found
    })
    return { arn: key.arn, grants: grants ?? [], at: grants === null ? null : at, problems }
  }
}

/**
 * Stores complete listings: a grant that one does not name is gone. A listing older than the
 * stored one changes nothing.
 */
export async function writeGrants(
  seen: readonly GrantsSeen[],
  sweepId: number | null,
): Promise<void> {
  await transaction(
    async (tx) => {
      const stored = await tx.query<{ arn: string; grantsAt: Date | null }>(
        `SELECT "arn", "grantsAt" FROM "Key" WHERE "arn" = ANY($1) ORDER BY "arn" FOR UPDATE`,
        [seen.map((one) => one.arn)],
      )
      const before = new Map(stored.map((row) => [row.arn, row.grantsAt]))
      const fresh = seen.filter(
        ({ arn, at }) =>
          at !== null && before.has(arn) && new Date(at) >= (before.get(arn) ?? new Date(0)),
      )
      const rows = fresh.flatMap((one) => one.grants)
      for (let start = 0; start < rows.length; start += piece)
        await upsertGrants(tx, rows.slice(start, start + piece))
      await tx.execute(
        `UPDATE "Grant" g SET "goneAt" = clock_timestamp()
          FROM jsonb_to_recordset($1::jsonb) r("arn" text, "at" timestamptz(3))
       WHERE g."keyArn" = r."arn" AND g."goneAt" IS NULL AND g."observedAt" < r."at"`,
        [JSON.stringify(fresh.map(({ arn, at }) => ({ arn, at })))],
      )
      await tx.execute(
        `UPDATE "Key" k SET "grantsIn" = coalesce($2::bigint, k."grantsIn"),
          "problems" = jsonb_strip_nulls(k."problems" || r."problems"),
         "grantCount" = CASE WHEN r."at" IS NULL THEN k."grantCount" ELSE r."total" END,
         "grantsByPeople" = CASE WHEN r."at" IS NULL THEN k."grantsByPeople" ELSE r."byPeople" END,
         "grantsCrossAccount" = CASE WHEN r."at" IS NULL THEN k."grantsCrossAccount"
           ELSE r."cross" END, "grantsAt" = coalesce(r."at", k."grantsAt")
       FROM jsonb_to_recordset($1::jsonb) r("arn" text, "at" timestamptz, "total" int,
         "byPeople" int, "cross" int, "problems" jsonb) WHERE k."arn" = r."arn"`,
        [
          JSON.stringify(
            seen.map((one) => ({
              arn: one.arn,
              at: fresh.includes(one) ? one.at : null,
              problems: one.problems,
              ...countGrants(one.grants),
            })),
          ),
          sweepId,
        ],
      )
    },
    { timeoutMs: 120_000 },
  )
}

function countGrants(grants: readonly GrantRow[]) {
  const cross = grants.filter(
    (grant) => grant.granteeAccountId !== null && grant.granteeAccountId !== grant.accountId,
  ).length
  return {
    total: grants.length,
    byPeople: grants.filter((grant) => grant.issuerClass === 'human').length,
    cross,
  }
}

async function upsertGrants(tx: Tx, rows: readonly GrantRow[]): Promise<void> {
  await tx.execute(
    `INSERT INTO "Grant" ("keyArn", "grantId", "accountId", "region", "name", "createdAt",
      "granteePrincipal", "granteeServicePrincipal", "retiringPrincipal",
       "retiringServicePrincipal", "issuingAccount", "operations", "constraints", "issuerClass",
         "granteeAccountId", "observedAt")
     SELECT r."keyArn", r."grantId", r."accountId", r."region", r."name", r."createdAt",
       r."granteePrincipal", r."granteeServicePrincipal", r."retiringPrincipal",
       r."retiringServicePrincipal", r."issuingAccount", r."operations", r."constraints",
         r."issuerClass", r."granteeAccountId", r."observedAt"
     FROM jsonb_populate_recordset(null::"Grant", $1::jsonb) r ORDER BY r."keyArn", r."grantId"
     ON CONFLICT ("keyArn", "grantId")
     DO UPDATE SET "observedAt" = excluded."observedAt", "goneAt" = NULL,
       "name" = excluded."name",
       "operations" = excluded."operations", "constraints" = excluded."constraints",
         "granteePrincipal" = excluded."granteePrincipal",
       "retiringPrincipal" = excluded."retiringPrincipal", "granteeAccountId" = excluded."granteeAccountId",
       "issuerClass" = CASE WHEN "Grant"."issuerClass" = 'claviger' THEN 'claviger' ELSE excluded."issuerClass" END`,
    [JSON.stringify(rows)],
  )
}
