/**
 * What the executor does with a step, without its database: looks, acts
 * when it is ready, looks again.
 */
import type { Step } from '../kinds/define'
import type { Facts, Observation } from '../kinds/kind'
import type { ReaderAndWriter } from './reader-writer'

export type RanChange = { look: Observation; outcome: Facts; sent: readonly string[] }

/** `now` of each look: later than the last call by so many seconds. @throws what acting throws. */
export async function runChange(
  step: Step,
  { read, write, sent }: Pick<ReaderAndWriter, 'read' | 'write' | 'sent'>,
  secondsLater = 0,
): Promise<RanChange> {
  const before = sent.length
  let outcome: Facts = {}
  let acted = false
  for (let round = 0; round < 3; round++) {
    const sends = sent.length - before
    const at = Date.UTC(2026, 10, 22)
    const look = await step.observe(read, {
      sends,
      lastSentAt: sends === 0 ? null : new Date(at).toISOString(),
      now: new Date(at + secondsLater * 1_000).toISOString(),
    })
    if (look.is === 'done' && look.outcome) outcome = { ...outcome, ...look.outcome }
    if (look.is !== 'ready' || (acted && !step.confirm))
      return { look, outcome, sent: sent.slice(before) }
    outcome = { ...outcome, ...(await step.act(write, read)) }
    acted = true
    if (!step.confirm) return { look: { is: 'done' }, outcome, sent: sent.slice(before) }
  }
  throw new Error('it went in circles')
}
