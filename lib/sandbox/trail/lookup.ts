import { createHash } from 'node:crypto'
import { placeOf } from '../accounts'
import { authorizeService } from '../authz/authorize'
import { AwsError, type Call, type Input } from '../call'
import { readNumber, readRecords, readText } from '../kms/read-input'
import { fillHistory } from '../scenario/history'
import type { TrailEvent } from '../world'
import { hasAttribute, isAttributeKey, summarizeEvent, type Attribute } from './event'

const WINDOW_MS = 90 * 86_400_000

/**
 * LookupEvents: own account and Region, 90 days, newest first, one attribute, a token bound to its
 * parameters. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export function lookupEvents(call: Call, input: Input): Input {
  authorizeService(call, { action: 'cloudtrail:LookupEvents', resourceArn: '*' })
  const query = readQuery(call, input)
  const { state } = placeOf(call)
  fillHistory(call.world, call.caller.accountId, call.region)
  const found = takePage(
    state.events,
    call.now,
    query,
    call.shortPage ? Math.ceil(query.limit / 2) : query.limit,
  )
  const last = found.events.at(-1)
  const Events = found.events.map(summarizeEvent)
  return found.more && last ? { Events, NextToken: writeToken(query, last) } : { Events }
}

type Position = { at: number; eventId: string }
type Query = {
  from: number
  to: number
  attribute: Attribute | null
  limit: number
  after: Position | null
  fingerprint: string
}

function readQuery(call: Call, input: Input): Query {
  const attribute = readAttribute(input)
  const start = readNumber(input, 'StartTime')
  const end = readNumber(input, 'EndTime')
  const oldest = call.now - WINDOW_MS
  const from = Math.max(oldest, start === undefined ? oldest : start * 1000)
  // Events have times in whole seconds: the last one asked for counts to its end.
  const to = end === undefined ? Number.MAX_SAFE_INTEGER : Math.floor(end) * 1000 + 999
  const wrong = 'StartTime must be before EndTime'
  if (start !== undefined && end !== undefined && start > end)
    throw new AwsError('InvalidTimeRangeException', wrong)
  const category = readText(input, 'EventCategory')
  if (category !== undefined && category !== 'insight') {
    throw new AwsError(
      'InvalidEventCategoryException',
      `${category} is not a valid event category.`,
    )
  }
  const limit = readNumber(input, 'MaxResults') ?? 50
  if (!Number.isInteger(limit) || limit < 1 || limit > 50) {
    throw new AwsError('InvalidMaxResultsException', 'MaxResults must be between 1 and 50.')
  }
  const asked = JSON.stringify([
    call.caller.accountId,
    call.region,
    attribute,
    start ?? null,
    end ?? null,
    category ?? null,
    limit,
  ])
  const fingerprint = createHash('sha256').update(asked).digest('base64url').slice(0, 22)
  // Insights events are another store, which is empty here.
  return {
    from: category === 'insight' ? Infinity : from,
    to,
    attribute,
    limit,
    after: readToken(input, fingerprint),
    fingerprint,
  }
}

function readAttribute(input: Input): Attribute | null {
  const attributes = readRecords(input, 'LookupAttributes')
  const [only] = attributes
  if (!only) return null
  const key = readText(only, 'AttributeKey')
  const value = readText(only, 'AttributeValue')
  if (attributes.length > 1 || key === undefined || value === undefined || !isAttributeKey(key)) {
    throw new AwsError(
      'InvalidLookupAttributesException',
      'You can only specify one lookup attribute, with a valid key and a value.',
    )
  }
  return { key, value }
}

/** Takes a page. `events` are oldest first: walk down from the last that can come next. */
function takePage(
  events: TrailEvent[],
  now: number,
  query: Query,
  limit: number,
): { events: TrailEvent[]; more: boolean } {
  const chosen: TrailEvent[] = []
  for (let i = findStart(events, Math.min(query.to, query.after?.at ?? Infinity)); i >= 0; i -= 1) {
    const event = events[i]
    if (!event || event.at < query.from) break
    if ((event.seenAt ?? event.at) > now) continue
    if (query.after && !comesAfter(events, i, query.after)) continue
    if (query.attribute && !hasAttribute(event, query.attribute)) continue
    if (chosen.length === limit) return { events: chosen, more: true }
    chosen.push(event)
  }
  return { events: chosen, more: false }
}

/** Returns the last index whose time is not beyond `at`. */
function findStart(events: TrailEvent[], at: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((events[middle]?.at ?? Infinity) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Tells whether the walk has not passed the event yet, among events of one instant. */
function comesAfter(events: TrailEvent[], index: number, position: Position): boolean {
  const event = events[index]
  if (!event || event.at < position.at) return true
  for (let i = index + 1; events[i]?.at === position.at; i += 1) {
    if (events[i]?.eventId === position.eventId) return true
  }
  return false
}

function writeToken(query: Query, last: TrailEvent): string {
  return Buffer.from(JSON.stringify([query.fingerprint, last.at, last.eventId])).toString('base64')
}

function readToken(input: Input, fingerprint: string): Position | null {
  const token = readText(input, 'NextToken')
  if (token === undefined) return null
  const refused = new AwsError(
    'InvalidNextTokenException',
    'Invalid token: it must be used with the parameters it was given for.',
  )
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, 'base64').toString())
    const [made, at, eventId] = Array.isArray(parts) ? parts : []
    if (made === fingerprint && typeof at === 'number' && typeof eventId === 'string')
      return { at, eventId }
  } catch {
    throw refused
  }
  throw refused
}
