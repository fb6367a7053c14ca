'use client'

import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import type { ReactNode } from 'react'
import { LastUse } from '@/components/value/last-use'
import { Moment } from '@/components/value/moment'
import { Unknown } from '@/components/value/unknown'
import type { KeyRow } from '@/lib/inventory/key-detail'
import { outcomes, type Outcome } from '@/lib/trail/event'
import { nameOfPrincipal } from '@/lib/trail/principal'
import type { KeyUsage } from '@/lib/trail/usage/key-usage'
import { hrefOfEvents } from '@/lib/trail/usage/links'

type Props = { of: KeyRow; usage: KeyUsage }

/** The last use as each of two sources knows it, and how calls of the period ended. */
export function UsageFacts({ of: key, usage }: Props) {
  return (
    <Container header={<Header variant="h2">Use</Header>}>
      <KeyValuePairs
        columns={3}
        minColumnWidth={190}
        items={[
          {
            label: 'Last use by GetKeyLastUsage',
            value: (
              <Told
                by={
                  <>
                    AWS tells the last successful cryptographic operation, up to an hour late, and
                    not who did it. Read <Moment at={key.lastUseAt} missing="never" />.
                  </>
                }
              >
                <LastUse of={key} />
              </Told>
            ),
          },
          {
            label: 'Last use by the trail',
            value: (
              <Told by="The last one among the events and totals that are here, whatever the period.">
                <LastUseInTrail usage={usage} />
              </Told>
            ),
          },
          { label: 'Recorded calls of this period', value: <Recorded of={key} usage={usage} /> },
        ]}
      />
    </Container>
  )
}

function LastUseInTrail({ usage: { lastUse } }: Pick<Props, 'usage'>) {
  if (!lastUse)
    return (
      <Unknown why="No use of this key is in the trail. Uses before it began, or that no source read, are not in it." />
    )
  const { at, operation, principal } = lastUse
  return (
    <>
      <Moment at={at} /> ({operation} by {nameOfPrincipal(principal)})
    </>
  )
}

const outcomeWords: Readonly<Record<Outcome, string>> = {
  success: 'successful',
  denied: 'denied',
  failed: 'failed',
}

/** Of a period of which nothing was read, no number is known. */
function Recorded({ of: key, usage: { calls, window, from } }: Props) {
  const total = outcomes.reduce((sum, outcome) => sum + calls[outcome], 0)
  if (total === 0 && window.wholeHours + window.partHours === 0)
    return <Unknown why="No source read CloudTrail events of this period." />
  return outcomes.map((outcome) => (
    <div key={outcome}>
      <Link href={hrefOfEvents({ callsOf: key, outcome, since: from })}>
        {calls[outcome].toLocaleString('en')}
      </Link>{' '}
      {outcomeWords[outcome]}
    </div>
  ))
}

const Told = ({ by, children }: { by: ReactNode; children: ReactNode }) => (
  <>
    {children}
    <Box fontSize="body-s" color="text-body-secondary">
      {by}
    </Box>
  </>
)
