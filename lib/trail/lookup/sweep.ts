import 'server-only'
import type { LookupEventsCommandOutput } from '@aws-sdk/client-cloudtrail'
import { AwsProblem } from '../../aws/errors'
import { sql, type Tx } from '../../db/client'
import { env } from '../../env'
import { defineSweep, type Outcome, type Run } from '../../sweep/sweep'
import { sweepStatus } from '../../sweep/sweep-status'
import { Ingest } from '../ingest'
import { changeNames, changesNamed, everyEvent } from './filters'
import { lookUp, type LookupPage } from './pages'
import {
  nameOfSource,
  newestGap,
  noteProblem,
  noteRead,
  noteSpeed,
  openPlace,
  readStep,
  spanOf,
  toStored,
  writeStep,
  type Span,
  type Step,
} from './state'

/** A place with fewer events than stand on so many pages is read without asking by name. */
const quickPages = 3
/** After so long in one piece of time it looks whether a newer one has come. */
const againMs = 5 * 60_000
/** A sweep makes room for those of other places after so long, and is queued behind them. */
const mostMs = 15 * 60_000
const dayMs = 86_400_000

/**
 * Reads CloudTrail's history of one account and Region back: changes first, by the names of the
 * operations, then every event, the newest first, as far as the request budget lets it. What has
 * just happened is the poll's. A worker that is killed loses the page it was at.
 */
async function sweepLookup(run: Run): Promise<Outcome> {
  if (env().CLAVIGER_TRAIL_LOOKUP_DAYS === 0) return { status: 'complete', problem: null }
  const { lease } = run
  await openPlace(lease)
  const until = run.now() + mostMs
  let isMore = true
  try {
    while (isMore && run.now() < until) isMore = (await readChanges(run)) || (await readEvents(run))
  } catch (error) {
    if (error instanceof AwsProblem && !run.signal.aborted)
      await noteProblem(lease, toStored(error, run.now()))
    throw error
  }
  if (run.tally.calls > 0) await noteProblem(lease, null)
  return {
    ...sweepStatus(run),
    conclude: (tx) => (isMore ? queueAgain(tx, run) : Promise.resolve()),
  }
}

async function queueAgain(tx: Tx, { lease: { accountId, region, kind } }: Run): Promise<void> {
  await tx.execute(
    sql`INSERT INTO "Sweep" ("accountId", region, kind) VALUES (${accountId}, ${region}, ${kind})
     ON CONFLICT DO NOTHING`,
  )
}

export const lookupSweep = defineSweep({
  kind: 'lookup',
  place: 'region',
  every: 1,
  priority: 0,
  lane: 'trail',
  needs: {
    'cloudtrail:LookupEvents': {
      gives: 'the events of KMS of the last 90 days',
      without:
        'Who used and who changed keys here is unknown, unless the log files of a trail are read.',
    },
  },
  run: sweepLookup,
})

const pagesOf = (run: Run, filter: typeof everyEvent, span: Span) =>
  lookUp((api, send) => run.call<LookupEventsCommandOutput>(api, send), run.reader, filter, span)

const ingestFor = ({ lease, now }: Run): Ingest =>
  new Ingest(
    { name: nameOfSource(lease), importId: null },
    { accountId: lease.accountId, region: lease.region, notAfterMs: now() + dayMs },
  )

/** Stores a page. Only after that is its time noted as read. */
async function store(run: Run, ingest: Ingest, { records }: LookupPage): Promise<void> {
  const texts = records.map(({ record }) => record)
  await ingest.take(texts, 'LookupEvents')
  await ingest.flush()
  run.progress = { itemsDone: run.progress.itemsDone + records.length, itemsTotal: null }
}

/** Reads the newest changes that are missing. False: none are. */
async function readChanges(run: Run): Promise<boolean> {
  const { lease } = run
  const begun = await readStep(lease)
  if (begun) {
    await readByNames(run, begun)
    return true
  }
  const gap = await newestGap(lease, 'changes', spanOf('changes', run.now()))
  if (!gap) return false
  if (await readBack(run, gap, (pages) => pages >= quickPages)) return true
  const left = await newestGap(lease, 'changes', spanOf('changes', run.now()))
  if (left)
    await readByNames(run, { from: left.from.toISOString(), to: left.to.toISOString(), done: [] })
  return true
}

/** Reads changes by their names, for a while; its place is kept. */
async function readByNames(run: Run, step: Step): Promise<void> {
  const { lease } = run
  const begun = run.now()
  const ingest = ingestFor(run)
  const from = new Date(step.from)
  const to = new Date(step.to)
  for (const name of changeNames) {
    if (step.done.includes(name)) continue
    const upTo = step.name === name && step.upTo ? new Date(step.upTo) : to
    for await (const page of pagesOf(run, changesNamed(name), { from, to: upTo })) {
      await store(run, ingest, page)
      if (page.isLast) continue
      const at = page.readFrom.toISOString()
      await writeStep(lease, { ...step, name, upTo: at })
      if (run.now() - begun >= againMs) return
    }
    step = { from: step.from, to: step.to, done: [...step.done, name] }
    await writeStep(lease, step)
  }
  await noteRead(lease, 'changes', { from, to })
  await writeStep(lease, null)
}

/** Reads the newest events that are missing, for a while. False: none are. */
async function readEvents(run: Run): Promise<boolean> {
  const gap = await newestGap(run.lease, 'events', spanOf('events', run.now()))
  if (!gap) return false
  const begun = run.now()
  await readBack(run, gap, () => run.now() - begun >= againMs)
  return true
}

/**
 * Reads every event of a time, newest first, until `isEnough` of the number of pages says so. True:
 * it came to the end.
 */
async function readBack(
  run: Run,
  gap: Span,
  isEnough: (pages: number) => boolean,
): Promise<boolean> {
  const { lease } = run
  const ingest = ingestFor(run)
  const begun = run.now()
  let [upTo, pages, events] = [gap.to, 0, 0]
  let isWhole = false
  for await (const page of pagesOf(run, everyEvent, gap)) {
    await store(run, ingest, page)
    await noteRead(lease, 'events', { from: page.readFrom, to: upTo })
    if (page.readFrom < upTo) upTo = page.readFrom
    pages += 1
    events += page.records.length
    isWhole = page.isLast
    // Within one second there is no place to go on from.
    if (isWhole || (isEnough(pages) && upTo < gap.to)) break
  }
  const [readMs, tookMs] = [gap.to.getTime() - upTo.getTime(), run.now() - begun]
  // Of a page or two the time says little.
  if (pages >= quickPages && readMs > 0)
    await noteSpeed(lease, { speed: readMs / tookMs, rate: events / (readMs / 60_000) })
  return isWhole
}
