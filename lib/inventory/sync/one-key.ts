import 'server-only'
import { ListAliasesCommand, type AliasListEntry } from '@aws-sdk/client-kms'
import { openKms } from '@/lib/aws/clients'
import { AwsProblem } from '@/lib/aws/errors'
import { listPages } from '@/lib/aws/pages'
import { sql } from '@/lib/db/client'
import { coreSweep } from './core'
import { writeAliasesOfKey } from './core-lists'
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

/** Everything about one key, for a person who asked. What hid before is asked again. */
async function sweepOneKey(run: Run): Promise<Outcome> {
  const { keyArn } = run.lease
  const [found] = await sql.query<{ arn: string; keyId: string }>(
    `SELECT "arn", "keyId" FROM "Key" WHERE "arn" = $1`,
    [keyArn],
  )
  if (!found) return { status: 'failed', problem: 'this key is not in the inventory' }
  const core = await makeKeyReader(run)({ ...found, problems: {} })
  const described = core.described
  await writeCore([core], await readOwnerTag(), 'alone')
  const kind = { keyManager: null, keySpec: null, origin: null, keyState: null, ...described }
  const key: SweptKey = {
    ...found,
    ...kind,
    problems: core.problems.describe ? { describe: core.problems.describe } : {},
  }
  await Promise.all([
    refreshAliases(run, found),
    makeGrantsReader(run)(key).then((seen) => writeGrants([seen], 'alone')),
    makeRotationsReader(run)(key).then((seen) => writeRotations([seen], 'alone')),
    makeLastUseReader(run)(key).then((seen) => writeLastUse([seen], 'alone')),
  ])
  run.progress = { itemsDone: 1, itemsTotal: 1 }
  return sweepStatus(run)
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
