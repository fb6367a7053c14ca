'use client'

import Badge from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { statusWords } from '@/components/change/words'
import { ReadFailed } from '@/components/failure/read-failed'
import { failureOf, readReceived } from '@/components/shell/read-json'
import { ClockProvider, Countdown } from '@/components/value/clock'
import { Moment } from '@/components/value/moment'
import type { OverviewLine, RequestsOverview } from '@/lib/changes/read/overview'

/**
 * What waits for this person, what of theirs failed, what ends soon. Only what there is takes room.
 */
export function OverviewRequests() {
  const { data, isError, isFetching, error, refetch } = useQuery({
    queryKey: ['requests', 'overview'],
    queryFn: ({ signal }) => readReceived<RequestsOverview>('/api/requests/overview', signal),
    refetchInterval: 60_000,
  })
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button href="/requests">All requests</Button>}>
          Waiting for you
        </Header>
      }
    >
      {isError && !data ? (
        <ReadFailed
          header="Requests could not be read"
          message={failureOf(error)?.message ?? ''}
          isRetrying={isFetching}
          onRetry={() => void refetch()}
        />
      ) : !data ? (
        <Box color="text-body-secondary">
          <Spinner /> Reading requests
        </Box>
      ) : (
        <ClockProvider now={data.now} receivedAt={data.receivedAt}>
          <Boxes of={data} />
        </ClockProvider>
      )}
    </Container>
  )
}

const decisionSide = ({ at, requesterName }: OverviewLine) => (
  <>
    {requesterName}
    {at && (
      <>
        , answer due <Countdown at={at} over="now" />
      </>
    )}
  </>
)
const troubleSide = ({ status, words, at }: OverviewLine) => (
  <>
    {status ? statusWords[status] : ''}
    {at && (
      <>
        {' '}
        <Moment at={at} />
      </>
    )}
    {words && <>. {words}</>}
  </>
)
const unreviewedSide = ({ at, requesterName }: OverviewLine) => (
  <>
    {requesterName} <Moment at={at} />
  </>
)
const endingSide = ({ at }: OverviewLine) => (at ? <Countdown at={at} over="now" /> : '')

function Boxes({ of: { waiting, troubled, ending, unreviewed } }: { of: RequestsOverview }) {
  const boxes = [
    <Lines
      key="waiting"
      title="Your decision"
      box={waiting}
      more="/requests?box=waiting"
      side={decisionSide}
    />,
    <Lines key="troubled" title="Went wrong" box={troubled} alarming side={troubleSide} />,
    <Lines
      key="unreviewed"
      title="Break-glass to review"
      box={unreviewed}
      alarming
      side={unreviewedSide}
    />,
    <Lines key="ending" title="Ends within a day" box={ending} side={endingSide} />,
  ]
  const shown = boxes.filter(({ props }) => props.box.total > 0)
  if (shown.length === 0)
    return (
      <Box color="text-body-secondary">
        Nothing waits for your decision, nothing of yours failed, and nothing of yours ends within a
        day.
      </Box>
    )
  return <ColumnLayout columns={shown.length > 1 ? 2 : 1}>{shown}</ColumnLayout>
}

type LinesProps = {
  title: string
  box: RequestsOverview['waiting']
  side: (line: OverviewLine) => ReactNode
  /**
   * Opens exactly what is counted; absent: no list shows just these, so all requests
   * are offered without a number.
   */
  more?: string
  alarming?: boolean
}

function Lines({ title, box: { total, lines }, side, more, alarming = false }: LinesProps) {
  return (
    <SpaceBetween size="xxs">
      <Box variant="h3">
        {title} <Badge color={alarming ? 'red' : 'blue'}>{total}</Badge>
      </Box>
      <ul className="claviger-overview-lines">
        {lines.map((line, index) => (
          <li key={`${line.requestId} ${index}`}>
            <Link href={`/requests/${line.requestId}`}>{`R-${line.number}: ${line.title}`}</Link>
            <Box variant="small" display="block">
              {side(line)}
            </Box>
          </li>
        ))}
      </ul>
      {total > lines.length &&
        (more ? (
          <Link href={more}>{`All ${total}`}</Link>
        ) : (
          <Link href="/requests?box=all">Others are among all requests</Link>
        ))}
    </SpaceBetween>
  )
}
