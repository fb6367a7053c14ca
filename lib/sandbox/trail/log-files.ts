import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { maxDelayMs, shareOf } from '../record/pace'
import { objectArn } from '../s3/access'
import { makeEtag, storeObject } from '../s3/store'
import type { Delivery, DeliveredFile, Trail, TrailEvent } from '../world'
import { selects, selectorsAt } from './selectors'
import { datePath, digits, isoSecond, type Route } from './sources'

/**
 * Events come in two lines, one file of each in an interval, and the second line is late: a file
 * appears after others whose names stand behind its own. AWS promises no order, and a reader that
 * only asks for names after the last it saw would skip files.
 */
export const lines = [
  { share: 0.75, lagShare: 0.2 },
  { share: 1, lagShare: 0.6 },
]

/** AWS writes at most 50 MB, before gzip, into a file. */
const maxRecords = 20_000

/** Puts events into files, as far as they are due, and notes what digests must name. */
export function fileEvents(
  route: Route,
  delivery: Delivery,
  now: number,
  intervalMs: number,
): void {
  for (const [line, { lagShare }] of lines.entries()) {
    const lag = Math.round(intervalMs * lagShare)
    const until = Math.floor((now - lag) / intervalMs) * intervalMs
    const from = delivery.filedUntil[line] ?? 0
    if (until <= from) continue
    delivery.filedUntil[line] = until
    for (const [end, events] of groupByInterval(route, line, { from, until, intervalMs }))
      writeFiles(route, delivery, events, { end, deliveredAt: end + lag })
  }
}

type Span = { from: number; until: number; intervalMs: number }

/** By the end of the interval in which they could first be seen. */
function groupByInterval(
  { trail, source }: Route,
  line: number,
  { from, until, intervalMs }: Span,
): Map<number, TrailEvent[]> {
  const { events } = source.state
  const groups = new Map<number, TrailEvent[]>()
  let at = events.length
  while (at > 0 && (events[at - 1]?.at ?? 0) > from - 2 * maxDelayMs) at -= 1
  for (; at < events.length; at += 1) {
    const event = events[at]
    if (!event || lineOf(event) !== line || !takes(trail, event)) continue
    const seenAt = event.seenAt ?? event.at
    const end = Math.max(Math.ceil(seenAt / intervalMs), 1) * intervalMs
    if (seenAt <= from || end > until) continue
    const group = groups.get(end)
    if (group) group.push(event)
    else groups.set(end, [event])
  }
  return groups
}

function lineOf({ eventId }: TrailEvent): number {
  return lines.findIndex(({ share }) => shareOf(eventId.slice(-6)) < share)
}

/** Whether a trail logged, and took such events, when this one was. */
export function takes(trail: Trail, { at, record }: TrailEvent): boolean {
  const isOn = trail.logging.some(({ from, to }) => at >= from && (to === null || at < to))
  return isOn && selects(selectorsAt(trail, at), record)
}

function writeFiles(
  route: Route,
  delivery: Delivery,
  events: TrailEvent[],
  { end, deliveredAt }: { end: number; deliveredAt: number },
): void {
  for (let at = 0; at < events.length; at += maxRecords) {
    const records = events.slice(at, at + maxRecords)
    const text = JSON.stringify({ Records: records.map(({ record }) => record) })
    const object = nameFile(route, end, records[0]?.eventId ?? '')
    const times = records.map((event) => event.at)
    storeTrailFile(route, object, text, deliveredAt, {})
    const file: DeliveredFile = {
      object,
      hash: createHash('sha256').update(text).digest('hex'),
      deliveredAt,
      oldest: isoSecond(Math.min(...times)),
      newest: isoSecond(Math.max(...times)),
    }
    if (route.trail.validatesSince !== null && deliveredAt > route.trail.validatesSince)
      delivery.undigested.push(file)
  }
}

/** `111122223333_CloudTrail_eu-west-1_20261101T0905Z_` and sixteen letters that are its own. */
function nameFile({ trail, source }: Route, end: number, first: string): string {
  const { accountId, region, logs } = source
  const minute = digits(end).replace(/\d\dZ$/, 'Z')
  const hash = createHash('sha256').update(`${trail.arn}/${end}/${first}`).digest('base64')
  const own = hash.replace(/[^A-Za-z0-9]/g, '').slice(0, 16)
  return `${logs}${datePath(end)}${accountId}_CloudTrail_${region}_${minute}_${own}.json.gz`
}

/** A file as CloudTrail stores it: gzip, under the trail's key where it has one. */
export function storeTrailFile(
  { trail, bucket }: Route,
  object: string,
  text: string,
  modifiedAt: number,
  metadata: Record<string, string>,
): void {
  const context = new Map([
    ['aws:cloudtrail:arn', trail.arn],
    ['aws:s3:arn', objectArn(bucket.name, object)],
  ])
  const sealed =
    trail.kmsKeyArn === null ? null : { keyArn: trail.kmsKeyArn, bucketKey: false, context }
  const body = new Uint8Array(gzipSync(text))
  storeObject(bucket, object, {
    body,
    etag: makeEtag(body, sealed),
    modifiedAt,
    contentType: 'application/json',
    contentEncoding: 'gzip',
    metadata: new Map(Object.entries(metadata)),
    sealed,
    checksum: null,
  })
}
