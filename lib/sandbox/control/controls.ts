import { randomUUID } from 'node:crypto'
import { setAnswers } from '../athena/answers'
import { sandboxNow } from '../clock'
import { settle } from '../kms/time'
import { seededRandom } from '../limits/faults'
import { readMeter } from '../limits/meter'
import { awsPace, setPace } from '../record/pace'
import { resetSandbox } from '../open'
import type { Sandbox } from '../sandbox'
import { readTruth } from '../scenario/truth'
import type { World } from '../world'
import { ControlError } from './control-error'
import {
  athenaShape,
  clockShape,
  dryRunShape,
  faultsShape,
  parse,
  quotasShape,
  readScenario,
  restoreShape,
  trailShape,
} from './read'

export type Control = (sandbox: Sandbox, body: unknown, query: URLSearchParams) => unknown

const maxSnapshots = 8

export const controls: Record<string, Control> = {
  'GET health': (sandbox) => ({
    ok: true,
    scenario: sandbox.world.scenario,
    now: isoNow(sandbox.world),
  }),
  'GET credentials': (sandbox) => listCredentials(sandbox.world),
  'GET meter': (sandbox) => readMeter(sandbox.meter),
  'GET truth': (sandbox, _body, query) => {
    const account = query.get('account')
    const region = query.get('region')
    if (!account || !region)
      throw new ControlError('truth needs ?account= and &region=; after= and limit= page it.')
    const limit = query.get('limit') === null ? undefined : Number(query.get('limit'))
    return readTruth(sandbox.world, {
      account,
      region,
      after: query.get('after') ?? undefined,
      limit,
    })
  },
  'POST reset': async (sandbox, body) => {
    await resetSandbox(sandbox, readScenario(body, sandbox.options))
    return { ok: true, scenario: sandbox.world.scenario }
  },
  'POST clock': (sandbox, body) => {
    const { advanceDays = 0, advanceSeconds = 0 } = parse(clockShape, body)
    sandbox.world.clockAheadMs += (advanceDays * 86_400 + advanceSeconds) * 1000
    settle(sandbox.world, sandboxNow(sandbox.world))
    return { now: isoNow(sandbox.world) }
  },
  'PUT faults': (sandbox, body) => {
    sandbox.faults = parse(faultsShape, body)
    sandbox.random = seededRandom(sandbox.options.seed ?? 1)
    return { ok: true, faults: sandbox.faults }
  },
  'PUT dry-run': (sandbox, body) => {
    const { honoured } = parse(dryRunShape, body)
    sandbox.ignoresDryRun = !honoured
    return { ok: true, honoured }
  },
  'PUT quotas': (sandbox, body) => {
    const { enforced, overrides = [] } = parse(quotasShape, body)
    Object.assign(sandbox.quotas, { enforced, overrides, buckets: new Map() })
    return { ok: true, enforced, overrides }
  },
  'PUT trail': (sandbox, body) => {
    const read = parse(trailShape, body)
    const delayMs = read.delaySeconds === undefined ? awsPace.delayMs : read.delaySeconds * 1000
    const every = read.deliverEverySeconds
    const deliverEveryMs = every === undefined ? awsPace.deliverEveryMs : every * 1000
    setPace(sandbox.world, { delayMs, deliverEveryMs }, sandboxNow(sandbox.world))
    return { ok: true, delaySeconds: delayMs / 1000, deliverEverySeconds: deliverEveryMs / 1000 }
  },
  'PUT athena': (sandbox, body) => {
    const { answers, workGroups = [] } = parse(athenaShape, body)
    setAnswers(sandbox.world, { answers, workGroups })
    return { ok: true, answers: answers.length, workGroups: workGroups.length }
  },
  'POST snapshot': takeSnapshot,
  'POST restore': restoreSnapshot,
}

function isoNow(world: World): string {
  return new Date(sandboxNow(world)).toISOString()
}

/** The oldest falls out: a snapshot is a copy of the whole world. */
function takeSnapshot(sandbox: Sandbox): { id: string } {
  const id = randomUUID()
  sandbox.snapshots.set(id, structuredClone(sandbox.world))
  const [oldest] = sandbox.snapshots.keys()
  if (sandbox.snapshots.size > maxSnapshots && oldest !== undefined)
    sandbox.snapshots.delete(oldest)
  return { id }
}

/** The snapshot itself stays, so that it can be restored again. Its clock comes back with it. */
function restoreSnapshot(sandbox: Sandbox, body: unknown): { id: string } {
  const id = parse(restoreShape, body).id ?? Array.from(sandbox.snapshots.keys()).at(-1)
  const snapshot = id === undefined ? undefined : sandbox.snapshots.get(id)
  if (id === undefined || !snapshot) throw new ControlError('There is no such snapshot.')
  sandbox.world = structuredClone(snapshot)
  return { id }
}

function listCredentials(world: World) {
  return Array.from(
    world.accessKeys.values(),
    ({ principalArn, accessKeyId, secretAccessKey }) => ({
      arn: principalArn,
      accountId: principalArn.split(':')[4] ?? '',
      accessKeyId,
      secretAccessKey,
    }),
  )
}
