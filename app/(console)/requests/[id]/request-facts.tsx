'use client'

import Badge from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs, {
  type KeyValuePairsProps,
} from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { statusWords } from '@/components/change/words'
import { Countdown, Instant } from '@/components/value/clock'
import { Identifier } from '@/components/value/identifier'
import type { RequestDetail } from '@/lib/changes/read/shapes'

/** Who asks, why, since when, and by when somebody must answer. */
export function RequestFacts({ request }: { request: RequestDetail }) {
  return (
    <Container
      header={
        <Header variant="h2" info={request.breakGlass && <Badge color="red">Break-glass</Badge>}>
          Request
        </Header>
      }
    >
      <SpaceBetween size="m">
        <div>
          <Box variant="awsui-key-label">Why</Box>
          <span className="claviger-said">{request.justification}</span>
        </div>
        <KeyValuePairs columns={3} minColumnWidth={200} items={factsOf(request)} />
      </SpaceBetween>
    </Container>
  )
}

function factsOf(request: RequestDetail): KeyValuePairsProps.Item[] {
  const {
    requesterName,
    mine,
    createdAt,
    sentAt,
    ticket,
    template,
    breakGlass,
    review,
    rulesVersion,
    id,
  } = request
  return [
    { label: 'Asked by', value: `${requesterName}${mine ? ' (you)' : ''}` },
    { label: 'Prepared', value: <Instant at={createdAt} /> },
    { label: 'Sent', value: sentAt ? <Instant at={sentAt} /> : 'Not yet: nobody was asked' },
    ...(breakGlass ? [] : [{ label: 'Answer by', value: <AnswerBy request={request} /> }]),
    { label: 'Ticket', value: ticket ? <Ticket text={ticket} /> : 'none' },
    ...(template ? [{ label: 'Task', value: template }] : []),
    ...(rulesVersion === null
      ? []
      : [
          {
            label: 'Version of the approval rules',
            value: rulesVersion === 0 ? 'as delivered' : rulesVersion,
          },
        ]),
    { label: 'Request id', value: <Identifier text={id} /> },
    ...familyOf(request),
    ...(review
      ? [
          {
            label: 'Reviewed',
            value: (
              <>
                {review.by}, <Instant at={review.at} />
                <br />
                {review.note}
              </>
            ),
          },
        ]
      : []),
  ]
}

function AnswerBy({ request: { answerBy, changes } }: { request: RequestDetail }) {
  if (!answerBy) return <>Begins when it is sent</>
  const isOpen = changes.some(({ status }) => status === 'open')
  return (
    <>
      <Instant at={answerBy} isBare />
      {isOpen && (
        <>
          <br />
          <Countdown at={answerBy} over="over: it expires now" />
        </>
      )}
    </>
  )
}

/** A link only where it is one of the web: anything else a browser might run. */
function Ticket({ text }: { text: string }) {
  const isWeb = /^https?:\/\//i.test(text) && URL.canParse(text)
  return isWeb ? (
    <Link href={text} external externalIconAriaLabel="Opens in a new tab">
      {text}
    </Link>
  ) : (
    <>{text}</>
  )
}

function familyOf({ continues, continuedBy }: RequestDetail): KeyValuePairsProps.Item[] {
  const link = ({ id, number, title, statuses }: RequestDetail['continuedBy'][number]) => (
    <div key={id}>
      <Link href={`/requests/${id}`}>{`R-${number}: ${title}`}</Link>{' '}
      <small>{statuses.map((status) => statusWords[status].toLowerCase()).join(', ')}</small>
    </div>
  )
  return [
    ...(continues ? [{ label: 'Continues', value: link(continues) }] : []),
    ...(continuedBy.length > 0 ? [{ label: 'Continued by', value: continuedBy.map(link) }] : []),
  ]
}
