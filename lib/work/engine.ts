import { setTimeout as sleep } from 'node:timers/promises'
import type { Lanes } from './lanes'
import { runLoop, type Report } from './loop'

/** One thing that a worker does again and again, until it is told to stop. */
export type Job = {
  /** Stored beside the heartbeat, and shown. */
  name: string
  /** Pause between two runs. */
  everyMs: number
  /**
   * What a worker that stops waits for: `answers` of calls that may have an effect are stored
   * first, however long they take; the rest is handed back, and what does not come to it in time
   * runs out of its lease by itself.
   */
  atStop: 'answers' | 'handBack'
} & (
  | {
      /** On a schedule. True: there may be more to do, run again at once. */
      run: (stop: AbortSignal) => Promise<boolean | void>
    }
  | {
      /** From a queue. */
      queue: Lanes
    }
)

export type Engine = {
  /** Resolves when no job runs any more. */
  ended: Promise<void>
  /**
   * Begins nothing more, and resolves when every answer is stored and the rest was handed back, or
   * had `handBackMs` for it. Call it once.
   */
  drain: (handBackMs: number) => Promise<void>
}

/** Runs jobs side by side; one that fails is reported and tries again, and never ends another. */
export function startJobs(jobs: readonly Job[], report: Report): Engine {
  const stopping = new AbortController()
  const running = jobs.map((job) => ({
    job,
    ended: runLoop(
      { ...job, run: 'queue' in job ? (stop) => job.queue.claim(stop) : job.run },
      stopping.signal,
      report,
    ),
  }))
  const settle = async (atStop: Job['atStop']) => {
    const these = running.filter(({ job }) => job.atStop === atStop)
    await Promise.all(these.map(({ ended }) => ended)) // a claim on its way comes first
    await Promise.all(these.map(({ job }) => 'queue' in job && job.queue.settled()))
  }
  return {
    ended: Promise.all(running.map(({ ended }) => ended)).then(() => {}),
    async drain(handBackMs) {
      stopping.abort(new Error('the worker is stopping'))
      const late = new AbortController()
      const inTime = sleep(handBackMs, undefined, { signal: late.signal }).catch(() => {})
      await Promise.all([settle('answers'), Promise.race([settle('handBack'), inTime])])
      late.abort()
    },
  }
}
