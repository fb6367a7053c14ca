/**
 * What a campaign of faults runs on: a sandbox in this very process (its world can be looked into),
 * people, and batches of approved changes.
 */
import { CreateKeyCommand, type CreateKeyCommandInput } from '@aws-sdk/client-kms'
import { decideChange } from '../changes/decide/decide'
import { prepareRequest } from '../changes/request/prepare'
import { sendRequest } from '../changes/request/send'
import {
  addPerson,
  changesOf,
  connectAccount,
  decisionOf,
  listKey,
  outsider,
  permitFor,
  fixtureAccount,
  fixtureRegion,
  type Someone,
} from '../changes/test/fixtures'
import { sql } from '../db/client'
import type { Sandbox } from '../sandbox/sandbox'
import { runSandbox } from '../sandbox/test/running'
import {
  makeAliasMove,
  makeAsk,
  makeQuotaAsk,
  makeRulesAsk,
  perFamily,
  type Ask,
  type NewKey,
} from './faults-asks'

export type AskedChangeOfBench = { id: string; requestId: string; ask: Ask }
export type FaultsFixture = {
  url: string
  sandbox: Sandbox
  people: { ann: Someone; bob: Someone; eve: Someone }
  close: () => Promise<void>
}

export async function openFaultsFixture(): Promise<FaultsFixture> {
  const aws = await runSandbox({ scenario: 'demo', externalId: 'claviger-stage' })
  // No control policies: every kind of change is to come up.
  aws.sandbox.world.organization = null
  await connectAccount(aws.url)
  const [ann, bob, eve] = [
    await addPerson('Ann', 'keyAdministrator'),
    await addPerson('Bob', 'admin'),
    await addPerson('Eve', 'approver'),
  ]
  return { url: aws.url, sandbox: aws.sandbox, people: { ann, bob, eve }, close: () => aws.close() }
}

/**
 * 20 % of mutating calls are throttled, 30 % of their answers lost after the effect; reads are
 * throttled too, now and then.
 */
export async function setFaults({ sandbox }: FaultsFixture, on: boolean): Promise<void> {
  const mutating = [
    'CreateGrant',
    'RevokeGrant',
    'RetireGrant',
    'PutKeyPolicy',
    'EnableKey',
    'DisableKey',
    'ScheduleKeyDeletion',
    'CancelKeyDeletion',
    'EnableKeyRotation',
    'DisableKeyRotation',
    'RotateKeyOnDemand',
    'CreateAlias',
    'UpdateAlias',
    'DeleteAlias',
    'TagResource',
    'UntagResource',
    'UpdateKeyDescription',
    'CreateKey',
    'ReplicateKey',
    'UpdatePrimaryRegion',
    'RequestServiceQuotaIncrease',
  ]
  sandbox.faults = on
    ? [
        ...mutating.map((operation) => ({ operation, throttle: 0.2, lostAfterEffect: 0.3 })),
        { operation: 'AssumeRole' },
        { operation: '*', throttle: 0.02 },
      ]
    : []
}

/** The budget is not what this is about: nothing waits for its turn. */
export async function liftBudget(): Promise<void> {
  await sql.execute(
    'CREATE OR REPLACE FUNCTION bench_lift() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ' +
      'NEW."perSecond" := 100000; NEW."factor" := 1; RETURN NEW; END $$',
  )
  await sql.execute(
    'CREATE OR REPLACE TRIGGER bench_lift BEFORE INSERT OR UPDATE ON "Budget" FOR EACH ROW ' +
      'EXECUTE FUNCTION bench_lift()',
  )
}

/** Runs `work` over the items, so many at a time. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let at = next++; at < items.length; at = next++) {
        const item = items[at]
        if (item !== undefined) results.push(await work(item))
      }
    }),
  )
  return results
}

let number = 0
let quotas = 0
/** Of one batch: each quota of each Region is asked for once. */
let quotasLeft = 0
let rulesets = 0
const quotaCodes = [
  'L-0428A42E',
  'L-D39AB822',
  'L-A2A30EC6',
  'L-F7504F73',
  'L-9DDDE6CA',
  'L-F20EBCB7',
  'L-32B67F4A',
]
const regions = ['eu-west-1', 'eu-central-1', 'us-east-1']

async function makeKey({ url }: FaultsFixture, input: CreateKeyCommandInput): Promise<NewKey> {
  const { KeyMetadata: metadata } = await outsider(url).send(new CreateKeyCommand(input))
  if (!metadata?.Arn || !metadata.KeyId) throw new Error('no key was made')
  await listKey(metadata)
  return { arn: metadata.Arn, keyId: metadata.KeyId, region: fixtureRegion }
}

/** Changes that were asked for on the console's own road: prepared and sent. */
export async function askBatch(
  stage: FaultsFixture,
  size: number,
  endsAt: string,
  random: () => number,
  wait: () => Promise<unknown>,
): Promise<AskedChangeOfBench[]> {
  quotasLeft = quotaCodes.length * regions.length
  // AWS answers what was asked before: it takes one open request for a quota.
  for (const { quotaRequests } of stage.sandbox.world.accounts
    .get(fixtureAccount)
    ?.regions.values() ?? [])
    for (const asked of quotaRequests) asked.status = 'DENIED'
  const asks = await inParallel(
    Array.from({ length: size }, (_, at) => at),
    6,
    () => drawAsk(stage, endsAt, random),
  )
  await wait() // what is Creating becomes Enabled
  return inParallel([...asks, makeRulesAsk(++rulesets)], 6, async (ask) => ({
    ...(await sendAsk(stage, ask)),
    ask,
  }))
}

/** Makes a key and what the kind needs to be there. */
async function drawAsk(stage: FaultsFixture, endsAt: string, random: () => number): Promise<Ask> {
  const at = number++
  const admin = outsider(stage.url)
  const isFamily = random() < perFamily
  const key = await makeKey(stage, isFamily ? { MultiRegion: true } : {})
  const making = { key, number: at, admin, endsAt, random }
  const lot = random()
  if (!isFamily && lot < 0.04) return makeAliasMove(making, await makeKey(stage, {}))
  if (isFamily || lot >= 0.08 || quotasLeft-- <= 0) return makeAsk(making, isFamily)
  const turn = quotas++
  return makeQuotaAsk(
    quotaCodes[Math.floor(turn / regions.length) % quotaCodes.length] ?? '',
    regions[turn % regions.length] ?? '',
    100_000 + at,
  )
}

async function sendAsk(
  { people: { ann } }: FaultsFixture,
  ask: Ask,
): Promise<{ id: string; requestId: string }> {
  const { id: requestId } = await prepareRequest(permitFor(ann, 'requests.create'), ask.asked)
  await sendRequest(permitFor(ann, 'requests.create'), { id: requestId })
  const [change] = await changesOf(requestId)
  if (!change) throw new Error('a request without a change')
  return { id: change.id, requestId }
}

/** By as many as its rule wants. */
export async function approve(
  { people: { bob, eve } }: FaultsFixture,
  { id }: AskedChangeOfBench,
): Promise<void> {
  for (const one of [bob, eve]) {
    const { status } = await decideChange(permitFor(one, 'requests.read'), await decisionOf(id))
    if (status !== 'open') break
  }
}
