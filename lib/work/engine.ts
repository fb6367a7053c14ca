import { setTimeout as sleep } from 'node:timers/promises'
import { makeBell, type Bell } from './bell'
import type { Lanes } from './lanes'
import { runLoop, type Loop, type Report } from './loop'

/** One thing that a worker does again and again, until it is told to stop. */
export type Job = {
  /** Stored beside the heartbeat, and shown. */
  name: string
  /** Pause between two runs; of what rests, the shortest. */
  everyMs: number
  /**
   * It rests until something is due, the database calls it by its name, or this is over: a call that
   * was lost costs no more. Not given: it runs after each pause.
   */
  restMs?: number
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
      /** How many milliseconds until there is something to do; null: nothing is known of. */
      due?: () => Promise<number | null>
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

/**
 * What calls jobs by their names, from anywhere: `heard` takes the name, or nothing when any of them
 * might have been called and not heard.
 */
export type Calls = (heard: (name: string) => void) => { close: () => Promise<void> }

const nobodyCalls: Calls = () => ({ close: () => Promise.resolve() })

/** Runs jobs side by side; one that fails is reported and tries again, and never ends another. */
export function startJobs(
  jobs: readonly Job[],
  report: Report,
  calls: Calls = nobodyCalls,
): Engine {
  const stopping = new AbortController()
  const bells = new Map(jobs.map(({ name }) => [name, makeBell()]))
  const running = jobs.map((job) => ({
    job,
    ended: runLoop(loopOf(job, bells.get(job.name)), stopping.signal, report),
  }))
  const calling = calls((name) => {
    for (const [of, bell] of bells) if (name === '' || name === of) bell.ring()
  })
  const settle = async (atStop: Job['atStop']) => {
    const these = running.filter(({ job }) => job.atStop === atStop)
    await Promise.all(these.map(({ ended }) => ended)) // a claim on its way comes first
    await Promise.all(these.map(({ job }) => 'queue' in job && job.queue.settled()))
  }
  return {
    ended: Promise.all(running.map(({ ended }) => ended)).then(() => {}),
    async drain(handBackMs) {
      stopping.abort(new Error('the worker is stopping'))
      const closed = calling.close()
      const late = new AbortController()
      const inTime = sleep(handBackMs, undefined, { signal: late.signal }).catch(() => {})
      await Promise.all([settle('answers'), Promise.race([settle('handBack'), inTime])])
      late.abort()
      await closed
    },
  }
}

function loopOf(job: Job, bell: Bell | undefined): Loop {
  const { name, everyMs, restMs } = job
  const work =
    'queue' in job
      ? { run: (stop: AbortSignal) => job.queue.claim(stop), due: () => job.queue.due() }
      : { run: job.run, due: job.due }
  if ('queue' in job && bell) job.queue.onRoom(bell.ring)
  const rest = bell && restMs !== undefined ? { bell, atMostMs: restMs, due: work.due } : undefined
  return { name, everyMs, run: work.run, rest }
}
