import 'server-only'
import {
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type Trail,
} from '@aws-sdk/client-cloudtrail'
import { openCloudTrail } from '../../aws/clients'
import { AwsProblem } from '../../aws/errors'
import type { Tx } from '../../db/client'
import { parseArn } from '../../kms/arn'
import { defineSweep, type Outcome, type Run } from '../../sweep/sweep'
import { sweepStatus } from '../../sweep/sweep-status'
import { kmsOfSelectors } from './kms-of-selectors'

type Found = {
  arn: string
  name: string
  bucket: string | null
  prefix: string | null
  isMultiRegion: boolean
  isOrganization: boolean
  isLogging: boolean | null
  deliveredAt: string | null
  deliveryError: string | null
  kms: string | null
  kmsWords: string | null
  problem: string | null
}

/**
 * Finds the account's trails whose home is this Region, and what each leaves out: events of KMS by
 * its selectors, everything while it does not log or cannot deliver. A trail of the organization is
 * found in the account that it is of.
 */
async function sweepTrails(run: Run): Promise<Outcome> {
  const client = openCloudTrail(run.reader)
  const { accountId, region } = run.lease
  const { trailList = [] } = await run.call('cloudtrail:DescribeTrails', () =>
    client.send(new DescribeTrailsCommand({ includeShadowTrails: false })),
  )
  const own = trailList.filter(
    ({ TrailARN, HomeRegion }) =>
      HomeRegion === region && parseArn(TrailARN ?? '')?.account === accountId,
  )
  const found: Found[] = []
  for (const trail of own) found.push(await describe(run, trail))
  run.progress = { itemsDone: found.length, itemsTotal: found.length }
  return { ...sweepStatus(run), conclude: (tx) => writeTrails(tx, run, found) }
}

export const trailsSweep = defineSweep({
  kind: 'trails',
  place: 'region',
  every: 4,
  priority: 0,
  lane: 'quick',
  needs: {
    'cloudtrail:DescribeTrails': {
      gives: 'which trails there are',
      without: 'It is unknown which trails there are, and whether they log events of KMS.',
    },
    'cloudtrail:GetTrailStatus': {
      gives: 'whether a trail logs and delivers',
      without: 'A trail that stopped logging, or that lost its bucket, is not noticed.',
    },
    'cloudtrail:GetEventSelectors': {
      gives: 'which events a trail takes',
      without: 'A trail that excludes the events of KMS is not noticed.',
    },
  },
  run: sweepTrails,
})

async function describe(run: Run, trail: Trail): Promise<Found> {
  const arn = trail.TrailARN ?? ''
  const client = openCloudTrail(run.reader)
  const problems: string[] = []
  const ask = async <T>(api: string, send: () => Promise<T>): Promise<T | null> => {
    try {
      return await run.call(api, send)
    } catch (error) {
      if (!(error instanceof AwsProblem) || run.signal.aborted || error.api !== api) throw error
      problems.push(`${error.api}: ${error.code}: ${error.message}`)
      return null
    }
  }
  const status = await ask('cloudtrail:GetTrailStatus', () =>
    client.send(new GetTrailStatusCommand({ Name: arn })),
  )
  const selectors = await ask('cloudtrail:GetEventSelectors', () =>
    client.send(new GetEventSelectorsCommand({ TrailName: arn })),
  )
  const kms =
    selectors &&
    kmsOfSelectors({ basic: selectors.EventSelectors, advanced: selectors.AdvancedEventSelectors })
  return {
    arn,
    name: trail.Name ?? arn,
    bucket: trail.S3BucketName ?? null,
    prefix: trail.S3KeyPrefix ?? null,
    isMultiRegion: trail.IsMultiRegionTrail ?? false,
    isOrganization: trail.IsOrganizationTrail ?? false,
    isLogging: status?.IsLogging ?? null,
    deliveredAt: status?.LatestDeliveryTime?.toISOString() ?? null,
    deliveryError: status?.LatestDeliveryError || null,
    kms: kms?.kms ?? null,
    kmsWords: kms?.words ?? null,
    problem: problems.join('; ') || null,
  }
}

/** What could not be asked again stays as it was known. */
async function writeTrails(tx: Tx, run: Run, found: readonly Found[]): Promise<void> {
  const { accountId, region } = run.lease
  await tx.execute(
    `INSERT INTO "AwsTrail" AS t (arn, "accountId", region, name, bucket, prefix, "isMultiRegion",
       "isOrganization", "isLogging", "deliveredAt", "deliveryError", kms, "kmsWords", problem,
       "observedAt")
     SELECT r.arn, $2, $3, r.name, r.bucket, r.prefix, r."isMultiRegion", r."isOrganization",
       r."isLogging", r."deliveredAt", r."deliveryError", r.kms, r."kmsWords", r.problem,
       clock_timestamp()
     FROM jsonb_populate_recordset(null::"AwsTrail", $1::jsonb) r
     ON CONFLICT (arn) DO UPDATE SET name = excluded.name, bucket = excluded.bucket,
       prefix = excluded.prefix, "isMultiRegion" = excluded."isMultiRegion",
       "isOrganization" = excluded."isOrganization",
       "isLogging" = coalesce(excluded."isLogging", t."isLogging"),
       "deliveredAt" = coalesce(excluded."deliveredAt", t."deliveredAt"),
       "deliveryError" = CASE WHEN excluded."isLogging" IS NULL THEN t."deliveryError"
         ELSE excluded."deliveryError" END,
       kms = coalesce(excluded.kms, t.kms),
       "kmsWords" = CASE WHEN excluded.kms IS NULL THEN t."kmsWords" ELSE excluded."kmsWords" END,
       problem = excluded.problem, "observedAt" = excluded."observedAt"`,
    [JSON.stringify(found), accountId, region],
  )
  await tx.execute(
    `DELETE FROM "AwsTrail" WHERE "accountId" = $1 AND region = $2 AND NOT arn = ANY($3)`,
    [accountId, region, found.map(({ arn }) => arn)],
  )
}
