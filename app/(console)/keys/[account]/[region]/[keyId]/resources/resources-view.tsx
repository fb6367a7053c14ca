'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import { useHeld } from '@/components/shell/held'
import { BoxTable } from '@/components/table/box-table'
import { WindowNotice } from '@/components/trail/window-notice'
import { Identifier } from '@/components/value/identifier'
import { Moment } from '@/components/value/moment'
import { tableHref } from '@/lib/table/state'
import { eventsTable } from '@/lib/trail/events-table'
import {
  certaintyOf,
  evidenceOf,
  type ResourceOfKey,
  type ResourcesOfKey,
} from '@/lib/trail/bound/resource-of-key'

type Props = { keyArn: string; found: ResourcesOfKey }

const description =
  'What this key was used for, by the encryption contexts in CloudTrail, and what its grants name. ' +
  'AWS has no list of them.'
const sayNone = (from: string) =>
  `No call named a resource since ${from.slice(0, 10)}, and no grant does. Calls without an ` +
  'encryption context name none.'
const nothingSeen =
  'Nothing seen. What was not read is unknown: events are missing, and calls without an ' +
  'encryption context name no resource.'

/** What is bound to a key, since when, how it is known and how surely. */
export function ResourcesView({ keyArn, found: { resources, isCut, window } }: Props) {
  const held = useHeld()
  return (
    <SpaceBetween size="m">
      <WindowNotice of={window} />
      <BoxTable
        variant="container"
        isDense
        header={
          <Header
            variant="h2"
            counter={`(${resources.length}${isCut ? '+' : ''})`}
            description={description}
            actions={
              held.has('trail.audit') && (
                <Button href={`/trail/audits/new?${new URLSearchParams({ key: keyArn })}`}>
                  New usage audit
                </Button>
              )
            }
          >
            Resources
          </Header>
        }
        footer={
          isCut && (
            <Box>
              The first {resources.length}.{' '}
              <Link href={hrefOfTrail(keyArn, null)}>All events of this key</Link>
            </Box>
          )
        }
        items={resources}
        trackBy={({ kind, id }) => `${kind} ${id}`}
        ariaLabels={{ tableLabel: 'Resources of this key' }}
        empty={window.gapCount === 0 ? sayNone(window.from) : nothingSeen}
        columnDefinitions={columnsFor(keyArn)}
      />
    </SpaceBetween>
  )
}

const eq = (property: string, value: string) => ({
  property,
  operator: 'eq' as const,
  values: [value],
})
const hrefOfTrail = (keyArn: string, resource: string | null) =>
  tableHref(
    '/trail',
    eventsTable,
    eq('key', keyArn),
    ...(resource === null ? [] : [eq('resource', resource)]),
  )

const columnsFor = (keyArn: string): TableProps.ColumnDefinition<ResourceOfKey>[] => [
  {
    id: 'resource',
    header: 'Resource',
    isRowHeader: true,
    cell: ({ id }) => <Identifier text={id} most={56} />,
  },
  { id: 'kind', header: 'Kind', cell: ({ kind }) => kind },
  {
    id: 'first',
    header: 'First seen',
    cell: ({ firstAt, grantedAt }) => <Moment at={earlier(firstAt, grantedAt)} missing="unknown" />,
  },
  {
    id: 'last',
    header: 'Last seen',
    cell: ({ lastAt }) => <Moment at={lastAt} missing="no call seen" />,
  },
  { id: 'evidence', header: 'Known by', cell: evidenceOf },
  { id: 'certainty', header: 'Certainty', cell: certaintyOf },
  {
    id: 'trail',
    header: 'Events',
    cell: ({ id, lastAt }) =>
      lastAt === null ? 'none' : <Link href={hrefOfTrail(keyArn, id)}>Events</Link>,
  },
]

const earlier = (one: string | null, other: string | null) =>
  one === null || (other !== null && other < one) ? other : one
