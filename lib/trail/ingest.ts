import 'server-only'
import { createHash } from 'node:crypto'
import { sql } from '../db/client'
import type { TrailEntry } from './event'
import { takeRecord, type Place } from './record'
import { queueTouchedKeys } from './touched-keys'
import { writeEvents, writeSetAside, type SetAside, type Source } from './write'

/** One statement writes so many events, or so many characters of records, at most. */
const mostEvents = 500
const mostCharacters = 2_000_000

export type Counts = { stored: number; setAside: number; tooOld: number }

/** Takes records of one source and writes them in batches. */
export class Ingest {
  readonly counts: Counts = { stored: 0, setAside: 0, tooOld: 0 }
  #events: TrailEntry[] = []
  #aside: SetAside[] = []
  #characters = 0

  constructor(
    readonly source: Source,
    readonly place: Place,
  ) {}

  /** Takes records; `origin` is the file, or the call, that they stood in. */
  async take(records: readonly string[], origin: string): Promise<void> {
    for (const record of records) {
      const taken = takeRecord(record, this.place)
      if (taken.kind === 'event') this.#events.push(taken)
      else if (taken.kind === 'setAside')
        this.#aside.push({
          reason: taken.reason,
          detail: taken.detail,
          origin,
          record,
          digest: createHash('sha256').update(record).digest('hex'),
        })
      else continue
      this.#characters += record.length
      if (this.#isFull()) await this.flush()
    }
  }

  /**
   * Writes what waits. Only then is all of it stored, and the keys that it tells to have changed are
   * queued to be read again; an import tells of the past.
   */
  async flush(): Promise<void> {
    const [events, aside] = [this.#events, this.#aside]
    this.#events = []
    this.#aside = []
    this.#characters = 0
    const { stored, tooOld } = await writeEvents(events, this.source)
    await writeSetAside(aside, this.source)
    if (this.source.importId === null) await queueTouchedKeys(sql, events)
    this.counts.stored += stored
    this.counts.tooOld += tooOld
    this.counts.setAside += aside.length
  }

  #isFull(): boolean {
    const waiting = this.#events.length + this.#aside.length
    return waiting >= mostEvents || this.#characters >= mostCharacters
  }
}
