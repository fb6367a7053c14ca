import 'server-only'
import type { LookupEventsCommandOutput } from '@aws-sdk/client-cloudtrail'
import { callAws } from '../../aws/call'
import type { Reader } from '../../aws/clients'
import { Ingest } from '../ingest'
import { changeNames, changesNamed, everyChange, everyEvent, type LookupFilter } from './filters'
import { lookUp, wholeSecond } from './pages'
import { lateMs, nameOfSource, type Place, type What } from './state'

/** It looks back beyond what is settled, so that polls that are minutes apart leave no gap. */
const backMs = lateMs + 10 * 60_000
/** A poll has so long; then the next one tries. */
const patienceMs = 4 * 60_000
const dayMs = 86_400_000

/**
 * By what a poll can ask, from what is least work where little happens to what is least where much
 * does: all of KMS; the changes of every service; the changes of KMS by their names.
 */
export type PollBy = 'source' | 'changes' | 'names'
type Way = { filters: readonly LookupFilter[]; mostPages: number; brings: What; next: PollBy }
const ways: Readonly<Record<PollBy, Way>> = {
  source: { filters: [everyEvent], mostPages: 3, brings: 'events', next: 'changes' },
  changes: { filters: [everyChange], mostPages: 10, brings: 'changes', next: 'names' },
  names: {
    filters: changeNames.map(changesNamed),
    mostPages: Number.POSITIVE_INFINITY,
    brings: 'changes',
    next: 'names',
  },
}

/** IDs of the events that the last poll of a place found and stored. */
const found = new Map<string, ReadonlySet<string>>()

export type Polled = { by: PollBy; what: What; from: Date; to: Date }

/**
 * Reads what has just come at a place and stores what the poll before did not. Returns what is
 * whole now, up to what is settled. Throws AwsProblem.
 */
export async function pollPlace(
  place: Place,
  reader: Reader,
  { by: first, nowMs, signal }: { by: PollBy; nowMs: number; signal?: AbortSignal },
): Promise<Polled> {
  const from = wholeSecond(nowMs - backMs)
  const ids = new Set<string>()
  let by = first
  while (!(await readBy(place, reader, { way: ways[by], from, nowMs, signal, ids }))) {
    by = ways[by].next
  }
  found.set(nameOfSource(place), ids)
  return { by, what: ways[by].brings, from, to: wholeSecond(nowMs - lateMs) }
}

type Reading = {
  way: Way
  from: Date
  nowMs: number
  signal: AbortSignal | undefined
  ids: Set<string>
}

/** False: there is more than it reads in this way. What it has read is stored all the same. */
async function readBy(
  place: Place,
  reader: Reader,
  { way, from, nowMs, signal, ids }: Reading,
): Promise<boolean> {
  const name = nameOfSource(place)
  const before = found.get(name)
  const ingest = new Ingest({ name, importId: null }, { ...place, notAfterMs: nowMs + dayMs })
  const call = (api: string, send: () => Promise<LookupEventsCommandOutput>) =>
    callAws({ ...place, signal, deadlineMs: patienceMs }, api, send)
  let isWhole = true
  for (const filter of way.filters) {
    let pages = 0
    for await (const page of lookUp(call, reader, filter, { from, to: null })) {
      const fresh = page.records.filter(({ id }) => !before?.has(id))
      for (const { id } of page.records) ids.add(id)
      await ingest.take(
        fresh.map(({ record }) => record),
        'LookupEvents',
      )
      pages += 1
      if (page.isLast || pages < way.mostPages) continue
      isWhole = false
      break
    }
  }
  await ingest.flush()
  return isWhole
}
