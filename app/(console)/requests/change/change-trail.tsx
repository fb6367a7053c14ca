'use client'

import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import { useQuery } from '@tanstack/react-query'
import { ReadFailed } from '@/components/failure/read-failed'
import { failureOf, readJson } from '@/components/shell/read-json'
import { Instant } from '@/components/value/clock'
import { Identifier } from '@/components/value/identifier'
import type { EventOfChange, TrailOfChange } from '@/lib/changes/match/events-of-change'
import type { ChangeDetail } from '@/lib/changes/read/shapes'
import { eventPath } from '@/lib/trail/event-row'

/** While an event is expected it is looked for again. */
const lookAgainMs = 10_000

/** What CloudTrail shows of a change: its events, or why there is none and what to expect. */
export function ChangeTrail({ change }: { change: ChangeDetail }) {
  const { id, accountId, sends, undoSends, version } = change
  const isSent = accountId !== null && sends + undoSends > 0
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['trail of change', id, version],
    queryFn: ({ signal }) =>
      readJson<TrailOfChange>(`/api/requests/trail?${new URLSearchParams({ change: id })}`, signal),
    enabled: isSent,
    refetchInterval: ({ state }) => state.data?.missing === 'notYet' && lookAgainMs,
  })
  if (!isSent)
    return change.appliedAt && accountId ? (
      <Box color="text-body-secondary">
        Nothing was sent to AWS, so CloudTrail has no event of it.
      </Box>
    ) : null
  if (error && !data)
    return (
      <ReadFailed
        header="CloudTrail’s events of it could not be read"
        message={failureOf(error)?.message ?? ''}
        isRetrying={isFetching}
        onRetry={() => void refetch()}
      />
    )
  if (!data) return null
  if (data.events.length > 0) return <Events of={data.events} />
  const { type, text } = missingWords[data.missing ?? 'notSent']
  return (
    <StatusIndicator type={type} wrapText>
      {text}
    </StatusIndicator>
  )
}

const missingWords: Readonly<
  Record<NonNullable<TrailOfChange['missing']>, { type: StatusIndicatorProps.Type; text: string }>
> = {
  notSent: { type: 'info', text: 'Nothing was sent to AWS, so CloudTrail has no event of it.' },
  notYet: {
    type: 'pending',
    text:
      'Not yet seen in CloudTrail. AWS delivers most events within 5 minutes, some after 15 ' +
      'and more.',
  },
  absent: {
    type: 'warning',
    text:
      'Not seen in CloudTrail, although the trail has the whole hour in which the last call ' +
      'left. A call that AWS refused, or that never arrived, can leave no event.',
  },
  unsure: {
    type: 'pending',
    text:
      'Not seen in CloudTrail. The trail does not have the whole hour in which the last call ' +
      'left, so its event is unknown.',
  },
  unseen: {
    type: 'info',
    text:
      'Unknown whether CloudTrail has an event of it: the trail does not cover this account ' +
      'and Region.',
  },
}

function Events({ of: events }: { of: readonly EventOfChange[] }) {
  return (
    <div>
      <Box variant="awsui-key-label">Seen in CloudTrail</Box>
      <ul className="claviger-overview-lines">
        {events.map((event) => (
          <li key={`${event.account} ${event.event}`}>
            <StatusIndicator type="success">
              <Link href={eventPath(event)}>{event.operation}</Link>
            </StatusIndicator>{' '}
            <Instant at={event.time} /> in {event.region}
            <Box variant="small" display="block">
              Event ID <Identifier text={event.event} most={40} />
              {event.request && (
                <>
                  , request ID <Identifier text={event.request} most={40} />
                </>
              )}
            </Box>
          </li>
        ))}
      </ul>
    </div>
  )
}
