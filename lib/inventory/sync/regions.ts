import 'server-only'
import { ListRegionsCommand } from '@aws-sdk/client-account'
import { openAccountApi } from '@/lib/aws/clients'
import { AwsProblem } from '@/lib/aws/errors'
import { db, type Tx } from '@/lib/db/client'
import { listTokenPages } from '@/lib/aws/pages'
import { defineSweep, type Outcome, type Run } from '@/lib/sweep/sweep'
import { sweepStatus } from '@/lib/sweep/sweep-status'
import { homeRegion } from '@/lib/aws/regions'

type Found = { region: string; optStatus: string | null }

/**
 * Which Regions the account has enabled. Where ListRegions is missing or refused, the Regions of
 * the account's own list or a short default stand in, with an unknown opt-in status.
 */
async function sweepRegions(run: Run): Promise<Outcome> {
  const account = await db.account.findUniqueOrThrow({ where: { id: run.lease.accountId } })
  let found: Found[]
  let known = true
  try {
    found = await listRegions(run)
  } catch (error) {
    if (!(error instanceof AwsProblem)) throw error
    if (error.api !== 'account:ListRegions') throw error
    known = false
    const fallback =
      account.onlyRegions.length > 0 ? account.onlyRegions : [homeRegion(account.partition)]
    found = fallback.map((region) => ({ region, optStatus: null }))
  }
  for (const region of account.onlyRegions)
    if (!found.some((one) => one.region === region)) found.push({ region, optStatus: null })
  run.progress = { itemsDone: found.length, itemsTotal: found.length }
  return {
    ...sweepStatus(run),
    conclude: (tx) => writeRegions(tx, run.lease.accountId, found, known),
  }
}

export const regionsSweep = defineSweep({
  kind: 'regions',
  place: 'account',
  every: 96,
  priority: 0,
  lane: 'quick',
  needs: {
    'account:ListRegions': {
      gives: 'which Regions are enabled',
      without:
        'Only the Regions named for this account are swept; keys in others are not looked for.',
    },
  },
  run: sweepRegions,
})

async function listRegions(run: Run): Promise<Found[]> {
  const client = openAccountApi(run.reader)
  const found: Found[] = []
  const pages = listTokenPages(
    (NextToken) =>
      run.call('account:ListRegions', () =>
        client.send(new ListRegionsCommand({ MaxResults: 50, NextToken })),
      ),
    (page) => page.NextToken,
  )
  for await (const page of pages)
    for (const { RegionName, RegionOptStatus } of page.Regions ?? [])
      if (RegionName) found.push({ region: RegionName, optStatus: RegionOptStatus ?? null })
  return found
}

async function writeRegions(
  tx: Tx,
  accountId: string,
  found: readonly Found[],
  known: boolean,
): Promise<void> {
  await tx.execute(
    `INSERT INTO "AccountRegion" ("accountId", "region", "optStatus", "observedAt")
     SELECT $2, r."region", r."optStatus", CASE WHEN r."optStatus" IS NOT NULL
       THEN clock_timestamp() END
     FROM jsonb_to_recordset($1::jsonb) r("region" text, "optStatus" text)
     ON CONFLICT ("accountId", "region")
     DO UPDATE SET "optStatus" = coalesce(excluded."optStatus", "AccountRegion"."optStatus"),
       "observedAt" = coalesce(excluded."observedAt", "AccountRegion"."observedAt")`,
    [JSON.stringify(found), accountId],
  )
  if (known)
    await tx.execute(
      `DELETE FROM "AccountRegion" WHERE "accountId" = $1 AND NOT "region" = ANY($2)`,
      [accountId, found.map((one) => one.region)],
    )
}
