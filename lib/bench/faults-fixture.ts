/**
 * What a campaign of faults runs on: a sandbox in this very process (its world can be looked into),
 * people, and batches of approved changes.
 */
import { kindNames, kinds } from '../changes/kinds/registry'
import { decideChange } from '../changes/decide/decide'
import { prepareRequest } from '../changes/request/prepare'
import { sendRequest } from '../changes/request/send'
import {
  addPerson,
  changesOf,
  connectAccount,
  decisionOf,
  permitFor,
  fixtureAccount,
  type Someone,
} from '../changes/test/fixtures'
import { sql } from '../db/client'
import type { Sandbox } from '../sandbox/sandbox'
import { runSandbox } from '../sandbox/test/running'
import { askOncePerBatch, drawAsk, type Ask, type Draw } from './faults-asks'

export type AskedChangeOfBench = { id: string; requestId: string; ask: Ask }
export type FaultsFixture = {
  url: string
  sandbox: Sandbox
  people: { ann: Someone; bob: Someone; eve: Someone }
  close: () => Promise<void>
}

export async function openFaultsFixture(): Promise<FaultsFixture> {
  const aws = await runSandbox({ scenario: 'demo', externalId: 'claviger-fixture' })
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

/** What the write role is given for, as the sandbox names it. */
const mutatingOperations = [
  ...new Set(
    kindNames
      .flatMap((name) => kinds[name].role?.statements ?? [])
      .flatMap(({ Action }) => Action.map((action) => action.split(':')[1] ?? action)),
  ),
]

/**
 * 20 % of mutating calls are throttled, 30 % of their answers lost after the effect; reads are
 * throttled too, now and then.
 */
export async function setFaults({ sandbox }: FaultsFixture, on: boolean): Promise<void> {
  sandbox.faults = on
    ? [
        ...mutatingOperations.map((operation) => ({
          operation,
          throttle: 0.2,
          lostAfterEffect: 0.3,
        })),
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

/** Changes that were asked for on the console's own road: prepared and sent. */
export async function askBatch(
  fixture: FaultsFixture,
  size: number,
  endsAt: string,
  random: () => number,
  wait: () => Promise<unknown>,
): Promise<AskedChangeOfBench[]> {
  // AWS answers what was asked before: it takes one open request for a quota.
  for (const { quotaRequests } of fixture.sandbox.world.accounts
    .get(fixtureAccount)
    ?.regions.values() ?? [])
    for (const asked of quotaRequests) asked.status = 'DENIED'
  const draw: Draw = { url: fixture.url, endsAt, random, turns: new Map() }
  const asks = await inParallel(
    Array.from({ length: size }, (_, at) => at),
    6,
    () => drawAsk(draw),
  )
  asks.push(...(await askOncePerBatch(draw)))
  await wait() // what is Creating becomes Enabled
  return inParallel(asks, 6, async (ask) => ({
    ...(await sendAsk(fixture, ask)),
    ask,
  }))
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
