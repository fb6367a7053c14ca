import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Step } from './define'
import type { Observation } from './kind'
import { kindNames, kinds, type KindName } from './registry'
import { runChange } from '../test/run-change'
import type { ReaderAndWriter } from '../test/reader-writer'
import type { Example } from '../test/examples'
import { examples, faultExamples, kindFolders } from '../test/kind-examples'
import { openSandboxFixture, type OpenedChange, type SandboxFixture } from '../test/sandbox-fixture'

let fixture: SandboxFixture
beforeAll(async () => {
  fixture = await openSandboxFixture()
})
afterAll(() => fixture.close())

const endsAt = '2027-01-01T00:00:00.000Z'
const named = kindNames.flatMap((name): [KindName][] => (examples.has(name) ? [[name]] : []))

async function open(
  name: KindName,
): Promise<{ example: Example; opened: OpenedChange; before: unknown }> {
  const example = await examples.get(name)?.(fixture)
  if (!example) throw new Error(`no example of ${name}`)
  const opened = await fixture.open(
    kinds[name],
    example.place,
    example.input,
    kinds[name].end === 'never' ? {} : { endsAt },
  )
  return { example, opened, before: await example.see() }
}

/** Looks until it is more than waiting; the sandbox's time passes meanwhile. */
async function lookOut(
  step: Step,
  { read }: Pick<ReaderAndWriter, 'read'>,
  sends: number,
): Promise<Observation> {
  const sentAt = Date.UTC(2026, 10, 22)
  for (let round = 0; round < 9; round++) {
    const now = new Date(sentAt + round * 60_000).toISOString()
    const look = await step.observe(read, {
      sends,
      lastSentAt: sends > 0 ? new Date(sentAt).toISOString() : null,
      now,
    })
    if (look.is !== 'wait') return look
    await fixture.aws.control('POST', 'clock', { advanceSeconds: 3 })
  }
  throw new Error('it waits for ever')
}

it('finds each kind in its folder, registered, with examples that are run', () => {
  expect([...kindFolders]).toEqual([...kindNames].sort())
  // What a kind has no example of, its folder says why; nothing is left out by forgetting it.
  const ofAws = kindNames.filter((name) => kinds[name].about !== 'house')
  expect(ofAws.filter((name) => !examples.has(name))).toEqual(['grant-adopt'])
  expect(ofAws.filter((name) => !faultExamples.has(name))).toEqual([])
})

describe.each(named)('%s', (name) => {
  it('is done by one call, once, and undone to what was', async () => {
    const {
      example,
      opened: { plan, ...clients },
      before,
    } = await open(name)
    const baseline = await plan.read(clients.read)
    expect(plan.refuse(baseline)).toBeNull()
    expect(before).not.toEqual(example.done)
    expect(plan.title().length).toBeGreaterThan(10)
    expect(plan.impact(baseline).effects.length).toBeGreaterThan(0)
    expect(plan.risk(baseline).reasons.length).toBeGreaterThan(0)

    const { outcome, sent } = await runChange(plan.doing(baseline), clients)
    expect(sent).toEqual(example.sends)
    expect(await example.see()).toEqual(example.done)
    expect(await lookOut(plan.doing(baseline), clients, 1)).toMatchObject({ is: 'done' })
    expect(clients.sent).toEqual(example.sends)

    expect(plan.undoing === null).toBe(example.undoes === undefined)
    if (!plan.undoing || !example.undoes) return
    const undone = await runChange(plan.undoing(baseline, outcome), clients)
    expect(undone).toMatchObject({ look: { is: 'done' }, sent: example.undoes })
    expect(await example.see()).toEqual(before)
    expect(await lookOut(plan.undoing(baseline, outcome), clients, 1)).toMatchObject({ is: 'done' })
  })

  it('is found done after its answer was lost, without a second call', async () => {
    const {
      example,
      opened: { plan, ...clients },
    } = await open(name)
    const baseline = await plan.read(clients.read)
    expect(await lookOut(plan.doing(baseline), clients, 0)).toEqual({ is: 'ready' })
    const step = plan.doing(baseline)
    await lookOut(step, clients, 0)
    const operation = example.sends[0]?.split(':')[1] ?? ''
    await fixture.aws.control('PUT', 'faults', [{ operation, lostAfterEffect: 1 }])
    await expect(step.act(clients.write, clients.read)).rejects.toMatchObject({
      kind: 'unavailable',
    })
    await fixture.aws.control('PUT', 'faults', [])
    expect(await lookOut(plan.doing(baseline), clients, 1)).toMatchObject({ is: 'done' })
    expect(await example.see()).toEqual(example.done)
    expect(clients.sent).toEqual(example.sends)
  })

  it('is undone once, though the answer to that was lost', async () => {
    const {
      example,
      opened: { plan, ...clients },
      before,
    } = await open(name)
    if (!plan.undoing || !example.undoes) return
    const baseline = await plan.read(clients.read)
    const { outcome } = await runChange(plan.doing(baseline), clients)
    const step = plan.undoing(baseline, outcome)
    expect(await lookOut(step, clients, 0)).toEqual({ is: 'ready' })
    await fixture.aws.control('PUT', 'faults', [
      { operation: example.undoes[0]?.split(':')[1] ?? '', lostAfterEffect: 1 },
    ])
    await expect(step.act(clients.write, clients.read)).rejects.toMatchObject({
      kind: 'unavailable',
    })
    await fixture.aws.control('PUT', 'faults', [])
    const left = example.undoes.slice(1)
    expect(await lookOut(step, clients, 1)).toMatchObject({
      is: left.length === 0 ? 'done' : 'ready',
    })
    if (left.length > 0)
      expect(await runChange(plan.undoing(baseline, outcome), clients)).toMatchObject({
        look: { is: 'done' },
        sent: left,
      })
    expect(await example.see()).toEqual(before)
  })

  it('is ready again after a call that never arrived', async () => {
    const {
      example,
      opened: { plan, ...clients },
      before,
    } = await open(name)
    const baseline = await plan.read(clients.read)
    const step = plan.doing(baseline)
    await lookOut(step, clients, 0)
    const operation = example.sends[0]?.split(':')[1] ?? ''
    await fixture.aws.control('PUT', 'faults', [{ operation, throttle: 1 }])
    await expect(step.act(clients.write, clients.read)).rejects.toMatchObject({ kind: 'throttled' })
    await fixture.aws.control('PUT', 'faults', [])
    expect(await example.see()).toEqual(before)
    expect(await lookOut(step, clients, 1)).toEqual({ is: 'ready' })
    await step.act(clients.write, clients.read)
    expect(await example.see()).toEqual(example.done)
  })
})
