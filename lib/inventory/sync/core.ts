import 'server-only'
import {
  DescribeCustomKeyStoresCommand,
  ListAliasesCommand,
  ListKeysCommand,
  type AliasListEntry,
  type CustomKeyStoresListEntry,
} from '@aws-sdk/client-kms'
import { openKms } from '@/lib/aws/clients'
import { AwsProblem } from '@/lib/aws/errors'
import { sql, transaction, type Sql, type Tx } from '@/lib/db/client'
import { Batch, eachOf } from '@/lib/sweep/batch'
import { doneIn, joinSlice, markSlices, OpenSlices, standApart } from '@/lib/sweep/last-read'
import { makeKeyReader, type CoreRow, type KeyToDo } from './core-key'
import { writeAliases, writeKeyStores, writeListedKeys } from './core-lists'
import { writeCore } from './core-write'
import { readOwnerTag } from './owner'
import { listPages } from '@/lib/aws/pages'
import { markSweep } from '@/lib/sweep/lease'
import { defineSweep, type Outcome, type Run } from '@/lib/sweep/sweep'
import { sweepStatus } from '@/lib/sweep/sweep-status'

/** Keys read at the same time; each has up to three calls under way. */
const width = 40

/**
 * The core sweep of one account and Region: which keys there are, and of each what DescribeKey,
 * tags, policy and rotation status say. Grants, rotations and last use have sweeps of their own,
 * because their quotas are twenty to four hundred times smaller.
 */
async function sweepCore(run: Run): Promise<Outcome> {
  const listed = await listKeys(run)
  await markSweep(run.lease, 'listed')
  await run.queueFollowers()
  const stores = Promise.allSettled([listKeyStores(run)])
  // Before the keys, so that a key is written once, its names with the rest: each change of its
  // text costs the search index.
  const names = await listAliases(run)
  const keys = await readKeysToDo(run, listed)
  const ownerTag = await readOwnerTag()
  const slices = new OpenSlices()
  // One that comes late into a slice that is done has times of its own: it says nothing of the others.
  slices.add(keys.filter(({ isOpen }) => isOpen))
  const batch = new Batch<CoreRow>(async (rows) => {
    await writeCore(rows, ownerTag, 'sweep')
    const through = slices.end(rows.map(({ arn }) => arn))
    const lists = { listedAt: listed.at, ...(names && { aliasesAt: names.at }) }
    await markSlices(
      sql,
      run.lease,
      'core',
      through.map((one) => ({ ...one, ...lists })),
    )
  })
  const readKey = makeKeyReader(run)
  try {
    await eachOf(keys, width, async (key) => {
      slices.begin(key.arn, run.now())
      await batch.add({
        ...(await readKey(key)),
        named: names && { aliases: names.of.get(key.keyId) ?? [], aliasesAt: names.at },
      })
      run.progress.itemsDone += 1
    })
  } finally {
    await batch.end()
  }
  // The sweeps that follow wait for the keys, not for the stores.
  await markSweep(run.lease, 'read')
  for (const end of await stores)
    if (end.status === 'rejected' && !(end.reason instanceof AwsProblem)) throw end.reason
  run.signal.throwIfAborted()
  return { ...sweepStatus(run), conclude: (tx) => countMissedListings(tx, run, listed) }
}

export const coreSweep = defineSweep({
  kind: 'core',
  place: 'region',
  every: 1,
  priority: 2,
  lane: 'quick',
  needs: {
    'kms:ListKeys': {
      gives: 'which keys there are',
      without: 'No key of this Region is known. Nothing else can be read either.',
    },
    'kms:DescribeKey': {
      gives: 'state, spec, usage, origin, manager',
      without:
        'Keys are known by id alone: no state, no spec, no deletion date, no expiry of imported material.',
    },
    'kms:ListAliases': {
      gives: 'aliases',
      without: 'Keys have no names here, and search by alias finds nothing.',
    },
    'kms:ListResourceTags': { gives: 'tags and owners', without: 'No owner, no filter by tag.' },
    'kms:GetKeyPolicy': {
      gives: 'key policies',
      without:
        'Who can use these keys cannot be said; policies are not watched for changes or for what is dangerous in them.',
    },
    'kms:GetKeyRotationStatus': {
      gives: 'whether keys rotate',
      without: 'Rotation is unknown: keys that do not rotate are not found.',
    },
    'kms:DescribeCustomKeyStores': {
      gives: 'custom key stores',
      without: 'Connection trouble of CloudHSM and external key stores is not seen.',
    },
  },
  run: sweepCore,
})

/** Keys that a listing named, which ended well, and when it began. */
type Listed = { keyIds: ReadonlySet<string>; at: string }

/** Throws where the listing does not end well: then nothing is concluded from it. */
async function listKeys(run: Run): Promise<Listed> {
  const kms = openKms(run.reader)
  const at = new Date(run.now()).toISOString()
  const keyIds = new Set<string>()
  for await (const page of listPages((Marker) =>
    run.call('kms:ListKeys', () => kms.send(new ListKeysCommand({ Limit: 1000, Marker }))),
  )) {
    const keys = (page.Keys ?? []).flatMap(({ KeyId, KeyArn }) =>
      KeyId && KeyArn ? [{ keyId: KeyId, arn: KeyArn }] : [],
    )
    await writeListedKeys(run, keys)
    for (const { keyId } of keys) keyIds.add(keyId)
    run.progress.itemsTotal = keyIds.size
  }
  run.progress.itemsTotal = keyIds.size
  const listed = { keyIds, at }
  await setMissingApart(run, listed)
  return listed
}

/** Keys (k) of the place that a listing did not name; one found since it began is not missing. */
const isMissing = ({ lease: { accountId, region } }: Run, { keyIds, at }: Listed): Sql =>
  sql`k."accountId" = ${accountId} AND k.region = ${region} AND k."firstSeenAt" < ${at}
    AND NOT EXISTS (SELECT 1 FROM unnest(${[...keyIds]}::text[]) l(id) WHERE l.id = k."keyId")`

/** Before the slices are gone over: what was not listed is not read with the others. */
async function setMissingApart(run: Run, listed: Listed): Promise<void> {
  await transaction((tx) => standApart(tx, isMissing(run, listed)))
}

/** The names of each key by its id, sorted; null where they may not be listed. */
async function listAliases(run: Run): Promise<{ of: Map<string, string[]>; at: string } | null> {
  const kms = openKms(run.reader)
  const since = run.now()
  const all: AliasListEntry[] = []
  try {
    for await (const page of listPages((Marker) =>
      run.call('kms:ListAliases', () => kms.send(new ListAliasesCommand({ Limit: 100, Marker }))),
    )) {
      all.push(...(page.Aliases ?? []))
    }
  } catch (error) {
    if (error instanceof AwsProblem && !run.signal.aborted) return null
    throw error
  }
  await writeAliases(run, all, since)
  const of = new Map<string, string[]>()
  for (const { AliasName: name, TargetKeyId: keyId } of all)
    if (name && keyId) of.set(keyId, [...(of.get(keyId) ?? []), name].sort())
  return { of, at: new Date(since).toISOString() }
}

async function listKeyStores(run: Run): Promise<void> {
  const kms = openKms(run.reader)
  const since = run.now()
  const all: CustomKeyStoresListEntry[] = []
  for await (const page of listPages((Marker) =>
    run.call('kms:DescribeCustomKeyStores', () =>
      kms.send(new DescribeCustomKeyStoresCommand({ Marker })),
    ),
  )) {
    all.push(...(page.CustomKeyStores ?? []))
  }
  await writeKeyStores(run, all, since)
}

/** What this sweep listed and has not finished: after a killed worker only the rest. */
async function readKeysToDo(run: Run, { keyIds }: Listed): Promise<(KeyToDo & Sliced)[]> {
  const rows = await sql.query<KeyToDo & Sliced>(
    `SELECT k.arn, k."keyId", k.problems, k.slice, ${doneIn('core')} IS DISTINCT FROM $3 AS "isOpen"
     FROM "Key" k ${joinSlice}
     WHERE k."accountId" = $1 AND k.region = $2 AND (${doneIn('core')} IS DISTINCT FROM $3
       OR k."describedAt" IS NULL AND NOT k.problems ? 'describe' OR 'listed' = ANY(k."readApart"))
     ORDER BY k."describedAt" IS NULL DESC, k.slice, k.arn`,
    [run.lease.accountId, run.lease.region, run.lease.id],
  )
  const keys = rows.filter(({ keyId }) => keyIds.has(keyId))
  run.progress.itemsDone = keyIds.size - keys.length
  return keys
}
/** `isOpen`: this sweep has not gone over the slice. */
type Sliced = { slice: number; isOpen: boolean }

/** A key that two listings in a row, both ended well, did not name is gone. */
async function countMissedListings(tx: Tx, run: Run, listed: Listed): Promise<void> {
  await tx.execute(
    sql`UPDATE "Key" k SET "missedListings" = "missedListings" + 1, "goneAt" =
      CASE WHEN "missedListings" >= 1 THEN clock_timestamp() END
     WHERE k."goneAt" IS NULL AND ${isMissing(run, listed)}`,
  )
}
