import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bell } from './bell'

export type LoopReport = { at: string; ok: boolean; problem: string | null }
export type Loop = {
  name: string
  /** Pause between two runs; with `rest` the shortest. */
  everyMs: number
  /** True: there may be more to do, run again at once. */
  run: (signal: AbortSignal) => Promise<boolean | void>
  /** How it waits for something to do, instead of running again after each pause. */
  rest?: Rest
}

type Rest = {
  bell: Bell
  /** Longest; after it the loop looks, whether anything rang or not. */
  atMostMs: number
  /**
   * How many milliseconds until something is due: 0 or less, it runs; null, nothing is known of.
   * Without it each look is a run.
   */
  due?: () => Promise<number | null>
}

export type Report = (name: string, report: LoopReport, error?: unknown) => void

const maxBackoffMs = 30_000

/**
 * Runs a loop until the signal ends it. A run that throws is reported and tried again, ever later
 * up to half a minute: one failing loop never ends another, nor the process.
 */
export async function runLoop(loop: Loop, signal: AbortSignal, report: Report): Promise<void> {
  // Each loop listens while it pauses, and a worker has more of them than Node takes for a leak.
  setMaxListeners(0, signal)
  for (let failures = 0; !signal.aborted; ) {
    try {
      await turn(loop, signal, () => {
        failures = 0
        report(loop.name, { at: new Date().toISOString(), ok: true, problem: null })
      })
    } catch (error) {
      if (signal.aborted) return
      failures += 1
      const problem = error instanceof Error ? error.message : String(error)
      report(loop.name, { at: new Date().toISOString(), ok: false, problem }, error)
      await pause(Math.min(maxBackoffMs, Math.max(loop.everyMs, 500 * 2 ** failures)), signal)
    }
  }
}

/** Looks once, runs if there is anything to do, says that it went well, and waits. */
async function turn(
  { everyMs, run, rest }: Loop,
  signal: AbortSignal,
  wentWell: () => void,
): Promise<void> {
  const begunAt = performance.now()
  rest?.bell.hush()
  const dueMs = rest?.due ? await rest.due() : 0
  const isDue = dueMs !== null && dueMs <= 0
  const isMore = isDue && (await run(signal)) === true
  wentWell()
  if (isMore) return
  if (isDue) await pause(everyMs, signal)
  // After a run, what can tell when something is due is asked again first.
  if (!rest || (isDue && rest.due)) return
  await rest.bell.rest(Math.min(rest.atMostMs, dueMs || Infinity), signal)
  // What rings many times a second is looked at together.
  await pause(begunAt + everyMs - performance.now(), signal)
}

const pause = (ms: number, signal: AbortSignal) =>
  ms > 0 ? sleep(ms, undefined, { signal }).catch(() => {}) : Promise.resolve()
