import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

export type LoopReport = { at: string; ok: boolean; problem: string | null }
export type Loop = {
  name: string
  /** Pause between two runs. */
  everyMs: number
  /** True: there may be more to do, run again at once. */
  run: (signal: AbortSignal) => Promise<boolean | void>
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
    let again = false
    try {
      again = (await loop.run(signal)) === true
      failures = 0
      report(loop.name, { at: new Date().toISOString(), ok: true, problem: null })
    } catch (error) {
      if (signal.aborted) return
      failures += 1
      report(
        loop.name,
        {
          at: new Date().toISOString(),
          ok: false,
          problem: error instanceof Error ? error.message : String(error),
        },
        error,
      )
    }
    const pauseMs =
      failures > 0
        ? Math.min(maxBackoffMs, Math.max(loop.everyMs, 500 * 2 ** failures))
        : again
          ? 0
          : loop.everyMs
    await sleep(pauseMs, undefined, { signal }).catch(() => {})
  }
}
