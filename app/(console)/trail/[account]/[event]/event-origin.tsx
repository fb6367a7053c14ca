'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import { stateWords, whyWords } from '@/lib/changes/match/out-of-band-row'
import type { OriginOfEvent } from '@/lib/changes/match/read-origin'
import { hrefOfRevert, isRevertible } from '@/lib/changes/match/revert'
import { outOfBandTable } from '@/lib/changes/match/out-of-band-table'
import { tableHref } from '@/lib/table/state'
import type { EventFacts } from '@/lib/trail/event-row'

type Props = { of: OriginOfEvent; event: EventFacts; mayRequest: boolean }

/** Whether a change requested here made it, and what can be done about one that nobody requested. */
export function EventOrigin({ of: { origin, why, ...rest }, event, mayRequest }: Props) {
  const { requestId, requestNumber, state, reason, reviewedBy } = rest
  if (origin === 'change')
    return (
      <Alert type="success" header="Requested here">
        {requestId === null ? (
          whyWords[why]
        ) : (
          <>
            Made by <Link href={`/requests/${requestId}`}>{`R-${requestNumber ?? ''}`}</Link>.
          </>
        )}
      </Alert>
    )
  if (origin !== 'outOfBand') return <Alert type="info">{whyWords[why]}</Alert>
  const inTable = { property: 'event', operator: 'eq', values: [event.event] } as const
  return (
    <Alert
      type={state === 'open' ? 'warning' : 'info'}
      header={`Out of band: ${stateWords[state].toLowerCase()}`}
      action={
        mayRequest &&
        event.key !== null &&
        isRevertible(event.operation) && <Button href={hrefOfRevert(event)}>Revert…</Button>
      }
    >
      {whyWords[why]}
      {reason !== null && <Box variant="p">{`${reviewedBy ?? ''}: ${reason}`}</Box>}{' '}
      <Link href={tableHref(outOfBandTable.path, outOfBandTable, inTable)}>
        Review it among the changes out of band
      </Link>
    </Alert>
  )
}
