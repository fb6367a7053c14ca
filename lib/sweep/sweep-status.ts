import type { SweepEndStatus } from './statuses'
import type { Tally } from './tally'

type SweepEnd = { status: SweepEndStatus; problem: string | null }

/**
 * How a sweep ended that went through all it had to: complete only if everything asked was
 * answered. What is unknown is a fact with its reason in Coverage and beside each key; here is the
 * sum, in words.
 */
export function sweepStatus({ tally }: { tally: Tally }): SweepEnd {
  const troubles = [...tally.apis.keys()].flatMap((api) => wordsOfTrouble(tally, api) ?? [])
  if (tally.failed === 0 && troubles.length === 0) return { status: 'complete', problem: null }
  const given = tally.failed > 0 ? [`${tally.failed} calls were given up`] : []
  return { status: 'partial', problem: [...given, ...troubles].join('; ') }
}

/**
 * The same for a sweep that asks one API about each key. Where that broke off, the sweep failed: so
 * it is due again at the next core sweep, not after its own interval, which can be a day.
 */
export function sweepStatusBy(run: { tally: Tally }, api: string): SweepEnd {
  const end = sweepStatus(run)
  return run.tally.isBroken(api) ? { ...end, status: 'failed' } : end
}

function wordsOfTrouble(tally: Tally, api: string): string | null {
  const status = tally.statusOf(api)
  const counts = tally.apis.get(api)
  if (tally.isBroken(api))
    return `${api} failed every time and was left out (${counts?.detail ?? ''})`
  if (status === 'ok') return null
  if (status === 'unsupported') return `${api} does not exist here`
  if (status === 'throttled') return `${api} was throttled`
  const denied = counts?.denied ?? 0
  if (status === 'denied') return `${api} was denied`
  const failed = counts?.failed ?? 0
  return [
    denied > 0 && `${api} was denied ${times(denied)}`,
    failed > 0 && `${api} failed ${times(failed)}`,
  ]
    .filter(Boolean)
    .join('; ')
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times`)
