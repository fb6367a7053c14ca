'use client'

import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs, {
  type KeyValuePairsProps,
} from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ReactNode } from 'react'
import { useFrame } from '@/components/shell/page-frame'
import { Instant } from '@/components/value/clock'
import { Identifier } from '@/components/value/identifier'
import { eventPath, type EventFacts } from '@/lib/trail/event-row'
import type { OneEvent } from '@/lib/trail/read'
import { sentenceOf } from '@/lib/trail/sentence'
import { OutcomeOf, PrincipalLink, TrailKeyLink } from '../../trail-cells'

const crumbs = [{ text: 'Trail', href: '/trail' }]

/**
 * One event: what happened in a sentence, what else is known of it here (`children`), its facts, and
 * the record as CloudTrail wrote it.
 */
export function EventView({ event, others, children }: OneEvent & { children?: ReactNode }) {
  useFrame({ breadcrumbs: [...crumbs, { text: event.operation, href: eventPath(event) }] })
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={sentenceOf(event)}>
          {event.operation}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {children}
        <Container header={<Header variant="h2">Facts</Header>}>
          <KeyValuePairs columns={4} minColumnWidth={200} items={factsOf(event, others)} />
        </Container>
        <Container header={<Header variant="h2">Record</Header>}>
          <pre className="claviger-json" tabIndex={0} aria-label="The record of CloudTrail">
            {pretty(event.record)}
          </pre>
        </Container>
      </SpaceBetween>
    </ContentLayout>
  )
}

const none = <Box color="text-status-inactive">not recorded</Box>
const item = (label: string, value: ReactNode): KeyValuePairsProps.Item => ({
  label,
  value: value || none,
})
const identifier = (text: string | null) => text && <Identifier text={text} most={40} />

function factsOf(event: EventFacts, others: OneEvent['others']): KeyValuePairsProps.Item[] {
  const { moreKeys, context, grant } = event
  return [
    item('When', <Instant at={event.time} />),
    item('Outcome', <OutcomeOf outcome={event.outcome} />),
    ...(event.error ? [item('Error', `${event.error}: ${event.errorMessage ?? ''}`)] : []),
    item('Principal', <PrincipalLink principal={event.principal} />),
    item('Session', event.session),
    item('Source identity', event.sourceIdentity),
    item('Key', event.key && <TrailKeyLink arn={event.key} />),
    ...(moreKeys ?? []).map((arn) => item('Second key', <TrailKeyLink arn={arn} />)),
    item('Via service', event.via),
    item('Resource', event.resource && `${event.resourceKind}: ${event.resource}`),
    item('Encryption context', context && Object.entries(context).map(pairOf).join(', ')),
    ...(grant ? [item('Grant', identifier(grant.id ?? null)), item('Grantee', grant.grantee)] : []),
    item('Account', event.account),
    item('Region', event.region),
    item('Source IP', event.ip),
    item('User agent', event.agent),
    item('VPC endpoint', event.vpcEndpoint),
    item('TLS', [event.tls, event.tlsCipher, event.keyExchange].filter(Boolean).join(', ')),
    item('Request ID', identifier(event.request)),
    item('Event ID', identifier(event.event)),
    ...others.map((other) =>
      item('Seen by', <Link href={eventPath(other)}>Account {other.account}</Link>),
    ),
  ]
}

const pairOf = ([name, value]: readonly [string, string]) => `${name}=${value}`

function pretty(record: string): string {
  try {
    return JSON.stringify(JSON.parse(record), null, 2)
  } catch {
    return record
  }
}
