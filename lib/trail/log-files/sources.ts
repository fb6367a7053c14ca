/** Adds, changes and removes sources of log files, each with its entry in the audit log. */
import 'server-only'
import { appendAudit } from '../../audit/append'
import type { Permit } from '../../auth/permit'
import { db, sql, transaction, type Tx } from '../../db/client'
import { AppError } from '../../errors'
import { accountOfArn } from '../../kms/arn'
import { checkLogSource } from './check'
import type { LogSourceInput } from './input'

const mostSources = 50
const dayMs = 86_400_000

/** Refuses what would not work: what is saved was seen to be readable. */
async function requireReadable(permit: Permit<'trail.manage'>, input: LogSourceInput) {
  const failed = (await checkLogSource(permit, input)).find(({ state }) => state === 'failed')
  if (failed) throw new AppError('conflict', failed.words)
}

function rowOf({ days, ...input }: LogSourceInput) {
  const day = Math.floor(Date.now() / dayMs) - days
  return { ...input, readFrom: new Date(day * dayMs) }
}

/** @throws AppError conflict, with what cannot be read or is there already. */
export async function addLogSource(
  permit: Permit<'trail.manage'>,
  input: LogSourceInput,
): Promise<void> {
  await requireReadable(permit, input)
  const row = rowOf(input)
  await transaction(async (tx) => {
    if ((await tx.trailLogSource.count()) >= mostSources)
      throw new AppError('conflict', `There can be ${mostSources} sources of log files.`)
    const { count } = await tx.trailLogSource.createMany({ data: row, skipDuplicates: true })
    if (count === 0) throw new AppError('conflict', 'The log files of this trail are read already.')
    await note(tx, permit, 'trail.sourceAdded', row)
  })
}

/**
 * Reads the log files of a trail elsewhere, by another role or from another day. Where they are read
 * from the beginning, what is stored already is stored once.
 * @throws AppError conflict, not_found
 */
export async function changeLogSource(
  permit: Permit<'trail.manage'>,
  input: LogSourceInput,
): Promise<void> {
  await requireReadable(permit, input)
  const { trailArn, ...row } = rowOf(input)
  await transaction(async (tx) => {
    const before = await tx.trailLogSource.findUnique({ where: { trailArn } })
    if (!before) throw new AppError('not_found', 'This source was removed.')
    const isElsewhere =
      before.bucket !== row.bucket ||
      before.prefix !== row.prefix ||
      before.isOrganization !== row.isOrganization
    if (isElsewhere || row.readFrom < before.readFrom)
      await tx.trailLogPlace.deleteMany({ where: { sourceId: before.id } })
    await tx.trailLogSource.update({
      where: { trailArn },
      data: {
        ...row,
        nextAt: new Date(0),
        placesAt: null,
        problem: null,
        problemAt: null,
        // Who reads it now reads by what it was, and is to end.
        attempt: { increment: 1 },
        leaseUntil: null,
      },
    })
    await tx.execute(
      sql`UPDATE "TrailLogPlace" SET "nextAt" = now() WHERE "sourceId" = ${before.id}`,
    )
    await note(tx, permit, 'trail.sourceChanged', { trailArn, ...row })
  })
}

/** Stops reading. What was stored stays, and so does what was known of its hours. */
export async function removeLogSource(
  permit: Permit<'trail.manage'>,
  { trailArn }: { trailArn: string },
): Promise<void> {
  await transaction(async (tx) => {
    const removed = await tx.trailLogSource.findUnique({ where: { trailArn } })
    if (!removed) throw new AppError('not_found', 'This source was removed already.')
    await tx.trailLogSource.delete({ where: { trailArn } })
    await note(tx, permit, 'trail.sourceRemoved', removed)
  })
}

type Named = { trailArn: string; bucket: string; prefix: string; roleArn: string }

async function note(
  tx: Tx,
  { actor }: Permit<'trail.manage'>,
  event: 'trail.sourceAdded' | 'trail.sourceChanged' | 'trail.sourceRemoved',
  { trailArn, bucket, prefix, roleArn }: Named,
): Promise<void> {
  const accountId = accountOfArn(roleArn)
  await appendAudit(tx, { event, actor, accountId, data: { trailArn, bucket, prefix, roleArn } })
}

/**
 * Reads again what could not be read or was missing: it was put back, or this version reads more.
 * What was altered stays so until its digest says otherwise. Returns how many files wait now.
 */
export async function retryLogFiles(
  { actor }: Permit<'trail.manage'>,
  { trailArn }: { trailArn: string },
): Promise<{ files: number }> {
  return transaction(async (tx) => {
    const source = await tx.trailLogSource.findUnique({ where: { trailArn } })
    if (!source) throw new AppError('not_found', 'This source was removed.')
    const files = await tx.execute(
      sql`UPDATE "TrailLogFile" f SET "state" = 'waiting', "nextTryAt" = now(), "tries" = 0
       FROM "TrailLogPlace" p WHERE p."id" = f."placeId" AND p."sourceId" = ${source.id}
         AND (f."state" IN ('bad', 'gone', 'altered')
           OR f."state" = 'waiting' AND f."problem" IS NOT NULL)`,
    )
    // The hours around them are weighed again.
    await tx.execute(
      sql`UPDATE "TrailLogPlace" p SET "nextAt" = now(), "coveredUntil" = CASE
           WHEN p."coveredUntil" IS NOT NULL THEN least(p."coveredUntil",
             date_trunc('hour', w."oldest" - interval '150 minutes', 'UTC')) END
       FROM (SELECT f."placeId", min(f."deliveredAt") AS "oldest" FROM "TrailLogFile" f
         WHERE f."state" = 'waiting' GROUP BY f."placeId") w
       WHERE w."placeId" = p."id" AND p."sourceId" = ${source.id}`,
    )
    await tx.execute(sql`UPDATE "TrailLogSource" SET "nextAt" = now() WHERE "id" = ${source.id}`)
    await appendAudit(tx, { event: 'trail.filesRetried', actor, data: { trailArn, files } })
    return { files }
  })
}

export type LogSourceRow = {
  trailArn: string
  bucket: string
  prefix: string
  bucketRegion: string
  roleArn: string
  isOrganization: boolean
  validates: boolean
  readFrom: string
  folders: number
  filesRead: number
  filesWaiting: number
  newestAt: string | null
  lookedAt: string | null
  problem: string | null
}

/** All sources, as their settings show them. */
export async function listLogSources(_permit: Permit<'settings.read'>): Promise<LogSourceRow[]> {
  const sources = await db.trailLogSource.findMany({
    orderBy: { id: 'asc' },
    include: { places: { select: { id: true, filesRead: true, newestAt: true } } },
  })
  const waiting = await db.trailLogFile.groupBy({
    by: ['placeId'],
    where: { state: 'waiting' },
    _count: true,
  })
  const waits = new Map(waiting.map(({ placeId, _count }) => [placeId, _count]))
  const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0)
  return sources.map(({ places, ...source }) => {
    const newest = places.flatMap(({ newestAt }) => newestAt?.getTime() ?? [])
    return {
      trailArn: source.trailArn,
      bucket: source.bucket,
      prefix: source.prefix,
      bucketRegion: source.bucketRegion,
      roleArn: source.roleArn,
      isOrganization: source.isOrganization,
      validates: source.validates,
      readFrom: source.readFrom.toISOString(),
      folders: places.length,
      filesRead: sum(places.map(({ filesRead }) => filesRead)),
      filesWaiting: sum(places.map(({ id }) => waits.get(id) ?? 0)),
      newestAt: newest.length > 0 ? new Date(Math.max(...newest)).toISOString() : null,
      lookedAt: source.lookedAt?.toISOString() ?? null,
      problem: source.problem,
    }
  })
}

/** A trail that AWS describes in a connected account. Where its bucket is, AWS does not say. */
export type FoundTrail = Pick<LogSourceRow, 'trailArn' | 'bucket' | 'prefix' | 'isOrganization'>

/** Trails that deliver into a bucket and are not read yet, those of organizations first. */
export async function listFoundTrails(_permit: Permit<'settings.read'>): Promise<FoundTrail[]> {
  return sql.query<FoundTrail>(
    sql`SELECT t."arn" AS "trailArn", t."bucket", coalesce(t."prefix", '') AS "prefix",
       t."isOrganization"
     FROM "AwsTrail" t WHERE t."bucket" IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM "TrailLogSource" s WHERE s."trailArn" = t."arn")
     ORDER BY t."isOrganization" DESC, t."arn" LIMIT 200`,
  )
}
