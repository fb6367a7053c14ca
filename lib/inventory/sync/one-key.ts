import 'server-only'
import { ListAliasesCommand, type AliasListEntry } from '@aws-sdk/client-kms'
import { openKms } from '@/lib/aws/clients'
import { AwsProblem } from '@/lib/aws/errors'
import { listPages } from '@/lib/aws/pages'
import { sql } from '@/lib/db/client'
import { parseKeyArn } from '@/lib/kms/arn'
import type { PartProblem } from '@/lib/sweep/part'
import { queueSweeps } from '@/lib/sweep/queue'
import type { KeyReadPart } from '../queue-key-reads'
import { coreSweep } from './core'
import { writeAliasesOfKey, writeListedKeys } from './core-lists'
import { makeKeyReader } from './core-key'
import { writeCore } from './core-write'
import type { SweptKey } from '@/lib/sweep/each-key'
import { grantsSweep, makeGrantsReader } from './grants'
import { writeGrants } from './grants-write'
import { lastUsageSweep, makeLastUseReader, writeLastUse } from './last-usage'
import { readOwnerTag } from './owner'
import { makeRotationsReader, rotationsSweep } from './rotations'
import { writeRotations } from './rotations-write'
import { defineSweep, type Outcome, type Run } from '@/lib/sweep/sweep'
import { sweepStatus } from '@/lib/sweep/sweep-status'

type Found = { arn: string; keyId: string }

/**
 * One key by itself: all of it, or the parts that were asked for. What hid before is asked again,
 * and a key that the inventory does not know is added.
 */
async function sweepOneKey(run: Run): Promise<Outcome> {
  const { keyArn, parts } = run.lease
  const [known] = await sql.query<SweptKey>(
    `SELECT arn, "keyId", "keyManager", "keySpec", origin, "keyState", problems
     FROM "Key" WHERE arn = $1`,
    [keyArn],
  )
  const wants = (part: KeyReadPart) => !known || parts.length === 0 || parts.includes(part)
  const found = known ?? placeOf(run)
  if (!found) return { status: 'failed', problem: 'this is not the ARN of a key of this place' }
  let key = known
  if (!key || wants('core')) {
    const core = await makeKeyReader(run)({ ...found, problems: {} })
    const why = core.problems.describe
    if (!known && why) return await leaveToListing(run, why)
    // One that was not listed any more is there all the same.
    if (core.described) await writeListedKeys(run, [found])
    await writeCore([core], await readOwnerTag(), 'alone')
    const kind = { keyManager: null, keySpec: null, origin: null, keyState: null }
    key = { ...found, ...kind, ...core.described, problems: why ? { describe: why } : {} }
  }
  await readRest(run, key, wants)
  run.progress = { itemsDone: 1, itemsTotal: 1 }
  return sweepStatus(run)
}

async function readRest(
  run: Run,
  key: SweptKey,
  wants: (part: KeyReadPart) => boolean,
): Promise<void> {
  await Promise.all([
    wants('aliases') && refreshAliases(run, key),
    wants('grants') && makeGrantsReader(run)(key).then((seen) => writeGrants([seen], 'alone')),
    wants('rotations') &&
      makeRotationsReader(run)(key).then((seen) => writeRotations([seen], 'alone')),
    wants('lastUse') && makeLastUseReader(run)(key).then((seen) => writeLastUse([seen], 'alone')),
  ])
}

/** A key that nothing is known of but its ARN, which must be one of the place that is read. */
function placeOf({ lease: { keyArn, accountId, region } }: Run): Found | null {
  const place = parseKeyArn(keyArn ?? '')
  const isHere = place?.accountId === accountId && place.region === region
  return keyArn !== null && isHere ? { arn: keyArn, keyId: place.keyId } : null
}

/** What DescribeKey does not show can still be listed: the next listing then brings it. */
async function leaveToListing(run: Run, why: PartProblem): Promise<Outcome> {
  const { accountId, region } = run.lease
  if (why.kind !== 'notFound') await queueSweeps([{ accountId, region, kind: 'core' }])
  return { status: 'failed', problem: `${why.api}: ${why.code}: ${why.message}` }
}

export const keySweep = defineSweep({
  kind: 'key',
  place: 'key',
  every: null,
  priority: 0,
  lane: 'asked',
  needs: {
    ...coreSweep.needs,
    ...grantsSweep.needs,
    ...rotationsSweep.needs,
    ...lastUsageSweep.needs,
  },
  run: sweepOneKey,
})

async function refreshAliases(run: Run, key: { arn: string; keyId: string }): Promise<void> {
  const kms = openKms(run.reader)
  const since = new Date(run.now())
  const found: AliasListEntry[] = []
  try {
    const send = (Marker: string | undefined) =>
      kms.send(new ListAliasesCommand({ KeyId: key.keyId, Limit: 100, Marker }))
    for await (const page of listPages((Marker) =>
      run.call('kms:ListAliases', () => send(Marker)),
    )) {
      found.push(...(page.Aliases ?? []))
    }
  } catch (error) {
    if (error instanceof AwsProblem) return
    throw error
  }
  await writeAliasesOfKey(run, key, found, since)
}
