import { readFileSync } from 'node:fs'
import type pg from 'pg'

/** Nanoseconds that a process has spent on a processor (Linux), null once it has ended. */
function spentBy(pid: number): bigint | null {
  try {
    return BigInt(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0] ?? '')
  } catch {
    return null
  }
}

const isPostgres = (pid: number) =>
  readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('postgres')

/**
 * Adds up the processor time of the PostgreSQL processes behind a pool: parsing, planning, running
 * and sending. It is what a page costs PostgreSQL where nothing waits for a disk, and the same
 * whatever else the machine does. Workers of a parallel plan are processes of their own and not in
 * it: the statements of the table of keys run without.
 */
export class ProcessorTime {
  readonly #spent = new Map<number, bigint>()

  constructor(pool: pg.Pool) {
    pool.on('connect', (client) => {
      const pid: unknown = Reflect.get(client, 'processID')
      if (typeof pid !== 'number' || !isPostgres(pid))
        throw new Error('The processor time of PostgreSQL is only known on the machine it runs on')
      this.#spent.set(pid, spentBy(pid) ?? 0n)
    })
  }

  /** Returns the milliseconds spent since the call before. */
  take(): number {
    let sum = 0n
    for (const [pid, before] of this.#spent) {
      const now = spentBy(pid)
      if (now === null) this.#spent.delete(pid)
      else {
        sum += now - before
        this.#spent.set(pid, now)
      }
    }
    return Number(sum) / 1e6
  }
}
