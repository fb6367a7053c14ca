import 'server-only'
import { LookupEventsCommand, type LookupEventsCommandOutput } from '@aws-sdk/client-cloudtrail'
import { openCloudTrail, type Reader } from '../../aws/clients'
import { listTokenPages } from '../../aws/pages'
import type { LookupFilter } from './filters'

/** From a moment, and up to one; null: up to the newest. In whole seconds, as CloudTrail's times. */
export type Window = { from: Date; to: Date | null }

export type LookupPage = {
  records: readonly LookedUp[]
  /** Everything since this moment was on this page and those before it. */
  readFrom: Date
  isLast: boolean
}
type LookedUp = { id: string; record: string }

/** Sends one call within the request budget, and counts it. */
type Call = (
  api: string,
  send: () => Promise<LookupEventsCommandOutput>,
) => Promise<LookupEventsCommandOutput>

const second = 1_000
export const wholeSecond = (ms: number): Date => new Date(Math.floor(ms / second) * second)

/** Reads pages of events of one place, newest first. Throws AwsProblem. */
export async function* lookUp(
  call: Call,
  reader: Reader,
  filter: LookupFilter,
  { from, to }: Window,
): AsyncGenerator<LookupPage> {
  const client = openCloudTrail(reader)
  const asked = {
    LookupAttributes: [filter],
    StartTime: from,
    // The second it names is looked up too.
    EndTime: to ? new Date(to.getTime() - second) : undefined,
    MaxResults: 50,
  }
  const answers = listTokenPages(
    (NextToken) =>
      call('cloudtrail:LookupEvents', () =>
        client.send(new LookupEventsCommand({ ...asked, NextToken })),
      ),
    ({ NextToken }) => NextToken,
  )
  let readFrom = to?.getTime() ?? Number.POSITIVE_INFINITY
  for await (const { Events = [], NextToken } of answers) {
    // More events of the last second might stand on the next page.
    const times = Events.flatMap(({ EventTime }) => EventTime?.getTime() ?? [])
    readFrom = Math.min(readFrom, ...times.map((time) => wholeSecond(time).getTime() + second))
    const isLast = !NextToken
    yield {
      // What has no record is set aside with what there is of it.
      records: Events.map(({ EventId = '', CloudTrailEvent, ...rest }) => ({
        id: EventId,
        record: CloudTrailEvent ?? JSON.stringify({ ...rest, eventID: EventId }),
      })),
      readFrom: isLast ? from : new Date(Math.max(from.getTime(), readFrom)),
      isLast,
    }
  }
}
