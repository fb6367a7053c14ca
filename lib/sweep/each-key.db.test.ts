import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { freshDatabase } from '../db/test/database'
import { statementsOf } from '../db/test/statements-of'
import { forEachKey } from './each-key'
import { makeSweepLanes } from './lanes'
import { queueSweeps } from './queue'
import { defineSweep } from './sweep'

const { sql } = await freshDatabase()
const account = '111122223333'
const region = 'eu-west-1'
const arnOf = (keyId: string) => `arn:aws:kms:${region}:${account}:key/${keyId}`

const addKey = (keyId: string, describedAt: string | null) =>
  sql.execute(`INSERT INTO "Key" SELECT * FROM jsonb_populate_recordset(null::"Key", $1::jsonb)`, [
    JSON.stringify([
      {
        arn: arnOf(keyId),
        accountId: account,
        region,
        keyId,
        describedAt,
        rotation: 'unknown',
        aliases: [],
        listedAt: new Date(),
        listedIn: 1,
        firstSeenAt: new Date(),
        missedListings: 0,
        slice: 0,
        readApart: [],
        partition: 'aws',
        problems: {},
        searchText: '',
      },
    ]),
  ])

/** The one question of a round that found nothing to do. */
const isRound = (text: string) => text.includes('"areComing"')

/** The grants of keys, without AWS: only which keys it came to is noted. */
function makeFollower() {
  const came: string[] = []
  const sweep = defineSweep({
    kind: 'grants',
    place: 'region',
    every: 1,
    after: 'core',
    priority: 0,
    lane: 'keys',
    needs: {},
    run: async (run) => {
      await forEachKey(run, {
        kind: 'grants',
        part: 'grants',
        described: true,
        width: 1,
        read: ({ arn }) => Promise.resolve({ arn }),
        write: (rows) => Promise.resolve(void came.push(...rows.map(({ arn }) => arn))),
      })
      return { status: 'complete', problem: null }
    },
  })
  return { sweep, came }
}

test('a sweep that waits for keys asks once a round whether there are any, and then takes them', async () => {
  await sql.execute(
    `INSERT INTO "Account" ("id", "name", "source", "path", "onlyRegions")
     VALUES ($1, 'one', 'self', '{}', '{}')`,
    [account],
  )
  await sql.execute(
    `INSERT INTO "Sweep" ("accountId", "region", "kind", "status", "leaseOwner", "leaseUntil")
     VALUES ($1, $2, 'core', 'running', 'another', now() + interval '1 hour')`,
    [account, region],
  )
  await addKey('a', null)
  const { sweep, came } = makeFollower()
  await queueSweeps([{ accountId: account, region, kind: 'grants' }])
  const lanes = makeSweepLanes('test', [sweep])
  await lanes.claim()

  const { issued } = await statementsOf(() => sleep(3_000))
  const begun = issued.findIndex(({ text }) => isRound(text))
  const asked = issued.slice(begun).filter(({ text }) => !text.includes('"leaseUntil"'))
  expect(asked.length).toBeGreaterThan(2)
  expect(asked.filter(({ text }) => !isRound(text)).map(({ text }) => text)).toEqual([])
  expect(came).toEqual([])

  // The other sweep tells what the key is, brings one more, and has read everything.
  await sql.execute(`UPDATE "Key" SET "describedAt" = now()`)
  await addKey('b', new Date().toISOString())
  await sql.execute(`UPDATE "Sweep" SET "readAt" = now() WHERE "kind" = 'core'`)
  await lanes.settled()
  expect(came.sort()).toEqual([arnOf('a'), arnOf('b')])
}, 60_000)
