import 'server-only'
import { sql } from '../../db/client'
import { withinAccounts, type Scope } from '../../db/scope'
import type { SourceHealth } from '../source-health'

type Row = {
  arn: string
  accountId: string
  region: string
  name: string
  bucket: string | null
  isMultiRegion: boolean
  isOrganization: boolean
  isLogging: boolean | null
  deliveredAt: Date | null
  deliveryError: string | null
  kms: string | null
  kmsWords: string | null
  problem: string | null
  observedAt: Date
}

/** How each trail of CloudTrail stands that was found, whether its log files are read here or not. */
export async function listTrailHealth(scope: Scope): Promise<SourceHealth[]> {
  const rows = await sql.query<Row>(
    sql`SELECT t.arn, t."accountId", t.region, t.name, t.bucket, t."isMultiRegion",
       t."isOrganization", t."isLogging", t."deliveredAt", t."deliveryError", t.kms, t."kmsWords",
       t.problem, t."observedAt"
     FROM "AwsTrail" t JOIN "Account" a ON a.id = t."accountId" AND a."removedAt" IS NULL
     WHERE ${withinAccounts('t."accountId"', scope)}`,
  )
  return rows.map((row) => {
    const text = whatIsWrong(row)
    return {
      name: row.arn,
      kind: 'logFiles',
      accountId: row.accountId,
      region: row.region,
      state: text === null ? 'off' : 'problem',
      readUntil: null,
      problem: text === null ? null : { text, at: row.observedAt },
      cannotSee: row.kms === 'all' || row.kmsWords === null ? [] : [row.kmsWords],
      progress: `Log files are not read: ${placeOf(row)}`,
    }
  })
}

function placeOf({ bucket, isMultiRegion, isOrganization }: Row): string {
  const of = isOrganization ? 'the organization' : 'one account'
  return `of ${of}, ${isMultiRegion ? 'all Regions' : 'one Region'}, bucket ${bucket ?? 'unknown'}`
}

function whatIsWrong(row: Row): string | null {
  if (row.isLogging === false)
    return 'The trail has stopped logging. Start it: aws cloudtrail start-logging.'
  if (row.deliveryError)
    return (
      `CloudTrail cannot deliver to the bucket ${row.bucket ?? ''} (${row.deliveryError}). ` +
      'See that it exists and that its policy, and that of its key, let CloudTrail write.'
    )
  return row.problem && `Its state could not be read. ${row.problem}`
}
