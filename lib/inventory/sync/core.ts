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
import { sql, type Tx } from '@/lib/db/client'
import { Batch, eachOf } from '@/lib/sweep/batch'
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
  await listKeys(run)
  await markSweep(run.lease, 'listed')
  await run.queueFollowers()
  const stores = Promise.allSettled([listKeyStores(run)])
  // Before the keys, so that a key is written once, its names with the rest: each change of its
  // text costs the search index.
  const names = await listAliases(run)
  const keys = await readKeysToDo(run)
  const ownerTag = await readOwnerTag()
  const batch = new Batch<CoreRow>((rows) => writeCore(rows, ownerTag, run.lease.id))
  const readKey = makeKeyReader(run)
  try {
    await eachOf(keys, width, async (key) => {
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
  return { ...sweepStatus(run), conclude: (tx) => countMissedListings(tx, run) }
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

/** Throws where the listing does not end well: then nothing is concluded from it. */
async function listKeys(run: Run): Promise<void> {
  const kms = openKms(run.reader)
  let count = 0
  for await (const page of listPages((Marker) =>
    run.call('kms:ListKeys', () => kms.send(new ListKeysCommand({ Limit: 1000, Marker }))),
  )) {
    const keys = (page.Keys ?? []).flatMap(({ KeyId, KeyArn }) =>
      KeyId && KeyArn ? [{ keyId: KeyId, arn: KeyArn }] : [],
    )
    await writeListedKeys(run, keys)
    count += keys.length
    run.progress.itemsTotal = count
  }
  run.progress.itemsTotal = count
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
async function readKeysToDo(run: Run): Promise<KeyToDo[]> {
  const keys = await sql.query<KeyToDo>(
    `SELECT "arn", "keyId", "problems" FROM "Key"
     WHERE "accountId" = $1 AND "region" = $2 AND "listedIn" = $3 AND "coreIn" IS DISTINCT FROM $3
     ORDER BY "coreIn" NULLS FIRST, "arn"`,
    [run.lease.accountId, run.lease.region, run.lease.id],
  )
  run.progress.itemsDone = (run.progress.itemsTotal ?? keys.length) - keys.length
  return keys
}

/** A key that two listings in a row, both ended well, did not name is gone. */
async function countMissedListings(tx: Tx, run: Run): Promise<void> {
  await tx.execute(
    `UPDATE "Key" SET "missedListings" = "missedListings" + 1, "goneAt" =
      CASE WHEN "missedListings" >= 1 THEN clock_timestamp() END
     WHERE "accountId" = $1 AND "region" = $2 AND "goneAt" IS NULL AND "listedIn" < $3`,
    [run.lease.accountId, run.lease.region, run.lease.id],
  )
}
