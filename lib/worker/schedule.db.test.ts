import { afterEach, expect, test, vi } from 'vitest'
import { sweeps } from '../accounts/sweeps'
import { freshDatabase } from '../db/test/database'
import { scheduledSweeps } from '../env-schema.mjs'
import { queueDueSweeps, queueFollowers } from '../sweep/queue'

const { sql } = await freshDatabase()
const place = { accountId: '111122223333', region: 'eu-west-1' }

afterEach(() => vi.unstubAllEnvs())

test('the setting knows each sweep that comes due by itself, and no other', () => {
  const due = sweeps.filter(({ every }) => every !== null).map(({ kind }) => kind)
  expect(scheduledSweeps.toSorted()).toEqual(due.toSorted())
})

test('a sweep is as rare as its setting says, and those that have none keep theirs', async () => {
  await sql.execute(
    `INSERT INTO "Account" (id, name, source, path, "onlyRegions")
     VALUES ($1, 'one', 'self', '{}', '{}')`,
    [place.accountId],
  )
  await sql.execute(`INSERT INTO "AccountRegion" ("accountId", region) VALUES ($1, $2)`, [
    place.accountId,
    place.region,
  ])
  await sql.execute(
    `INSERT INTO "Key" (arn, "accountId", region, "keyId", "listedAt", "listedIn")
     VALUES ('arn', $1, $2, 'id', now(), 1)`,
    [place.accountId, place.region],
  )
  await sql.execute(
    `INSERT INTO "Sweep" ("accountId", region, kind, status, "endedAt")
     SELECT $1, CASE WHEN k IN ('iam', 'regions', 'organization', 'quotas') THEN '' ELSE $2 END, k,
       'complete', now() - interval '5 hours'
     FROM unnest($3::text[]) k`,
    [place.accountId, place.region, ['core', 'grants', 'rotations', 'iam', 'regions']],
  )
  vi.stubEnv('CLAVIGER_SWEEP_MINUTES', 'core=1440, grants=1440, rotations=60')
  await queueDueSweeps(sweeps)
  await queueFollowers(
    place,
    sweeps.filter((sweep) => sweep.after === 'core'),
  )
  const queued = await sql.query<{ kind: string }>(
    `SELECT kind FROM "Sweep" WHERE status = 'queued' ORDER BY kind`,
  )
  // IAM is due every hour as ever, rotations by the setting; last use was never read.
  expect(queued.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['iam', 'lastUsage', 'rotations']),
  )
  for (const kind of ['core', 'grants', 'regions']) expect(queued).not.toContainEqual({ kind })
})
