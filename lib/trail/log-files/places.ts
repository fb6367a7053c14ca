/** Folders of accounts and Regions that a trail writes into: which there are, how far each is. */
import 'server-only'
import { sql } from '@/lib/db/client'
import { accountOfArn } from '../../kms/arn'
import {
  dayFolder,
  isAccountName,
  isOrganizationName,
  isRegionName,
  topFolder,
  type Folder,
  type TrailPlace,
} from './names'
import type { Link } from './digest'
import type { BucketReader } from './reader'

export type LogSource = TrailPlace & {
  id: number
  bucket: string
  bucketRegion: string
  roleArn: string
  validates: boolean
  readFrom: Date
  placesAt: Date | null
}

export type LogPlace = Folder & {
  id: number
  after: string
  newestAt: Date | null
  digestsAfter: string
  lastDigest: Link | null
}

/** Lists the folders that a trail writes log files into. Throws AwsProblem. */
export async function listFolders(reader: BucketReader, trail: TrailPlace): Promise<Folder[]> {
  const top = topFolder(trail.prefix)
  const found: Folder[] = []
  for (const { accountId, organization } of await listAccounts(reader, trail, top)) {
    const above = `${top}${organization === null ? '' : `${organization}/`}${accountId}/CloudTrail/`
    const regions = (await reader.listFolders(above)).filter(isRegionName)
    found.push(...regions.map((region) => ({ accountId, organization, region })))
  }
  return found
}

/** A trail of one account writes for that account alone, also where others share its bucket. */
async function listAccounts(reader: BucketReader, trail: TrailPlace, top: string) {
  if (!trail.isOrganization)
    return [{ accountId: accountOfArn(trail.trailArn), organization: null }]
  const organizations = (await reader.listFolders(top)).filter(isOrganizationName)
  const found: Omit<Folder, 'region'>[] = []
  for (const organization of organizations) {
    const accounts = (await reader.listFolders(`${top}${organization}/`)).filter(isAccountName)
    found.push(...accounts.map((accountId) => ({ accountId, organization })))
  }
  return found
}

/** Looks for folders that are new. Throws AwsProblem. */
export async function findPlaces(reader: BucketReader, source: LogSource): Promise<void> {
  const folders = JSON.stringify(await listFolders(reader, source))
  const first = dayFolder(source.readFrom)
  await sql.execute(
    sql`INSERT INTO "TrailLogPlace"
       ("sourceId", "accountId", "region", "organization", "after", "digestsAfter")
     SELECT ${source.id}, "accountId", "region", "organization", ${first}, ${first}
     FROM json_to_recordset(${folders}::json)
       g("accountId" text, "region" text, "organization" text)
     ON CONFLICT DO NOTHING`,
  )
  await sql.execute(sql`UPDATE "TrailLogSource" SET "placesAt" = now() WHERE "id" = ${source.id}`)
}

/** Those of a source that are due, the one that waited longest first. */
export const listDuePlaces = (sourceId: number): Promise<LogPlace[]> =>
  sql.query<LogPlace>(
    sql`SELECT "id", "accountId", "region", "organization", "after", "newestAt", "digestsAfter",
       "lastDigest"
     FROM "TrailLogPlace" WHERE "sourceId" = ${sourceId} AND "nextAt" <= now()
     ORDER BY "nextAt", "id" LIMIT 50`,
  )
