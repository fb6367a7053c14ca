/** What the executor does with a step, without its database: looks, acts when it is ready, looks again. */
import type { Step } from '../define'
import type { Facts, Look } from '../kind'
import type { Hands } from './hands'

export type Carried = { look: Look; outcome: Facts; sent: readonly string[] }

/** `now` of each look: later than the last call by so many seconds. @throws what acting throws. */
export async function carryOut(
  step: Step,
  { read, write, sent }: Pick<Hands, 'read' | 'write' | 'sent'>,
  secondsLater = 0,
): Promise<Carried> {
  const before = sent.length
  let outcome: Facts = {}
  let acted = false
  for (let round = 0; round < 3; round++) {
    const sends = sent.length - before
    const at = Date.UTC(2026, 10, 22)
    const look = await step.look(read, {
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
