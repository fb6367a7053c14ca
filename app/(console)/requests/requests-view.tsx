'use client'

import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tabs from '@cloudscape-design/components/tabs'
import { useState } from 'react'
import { useHeld } from '@/components/shell/held'
import { useFrame } from '@/components/shell/page-frame'
import { BoxTable } from '@/components/table/box-table'
import { Pages } from '@/components/table/pages'
import { RowsFailed } from '@/components/table/rows-failed'
import { Hint } from '@/components/table/table-view'
import { ClockProvider } from '@/components/value/clock'
import type { RequestsQuery } from '@/lib/changes/read/list-requests'
import type { RequestRow } from '@/lib/changes/read/shapes'
import { mostAtOnce } from './at-once'
import { requestColumns } from './request-columns'
import { RequestsFilter } from './requests-filter'
import { useRequests, type First } from './use-requests'
import './requests.css'

const crumbs = [{ text: 'Requests', href: '/requests' }]
const titles = { waiting: 'Waiting for me', mine: 'Mine', all: 'All' } as const
const pageSize = 50

/** Requests: what waits for one's decision, what one asked for, everything one may see. */
export function RequestsView({ first, usual }: { first: First; usual: RequestsQuery['box'] }) {
  useFrame({ breadcrumbs: crumbs, contentType: 'table' })
  const list = useRequests(first, usual)
  const { query, answer, receivedAt, change } = list
  const mayCreate = useHeld().has('requests.create')
  const waiting = answer?.waiting ?? 0
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        description="Every change of AWS is asked for, decided by someone else, done once, and provable."
        actions={
          mayCreate && (
            <Button variant="primary" href="/requests/new">
              New request
            </Button>
          )
        }
      >
        Requests
      </Header>
      <ClockProvider now={answer?.now ?? first.answer.now} receivedAt={receivedAt}>
        <Tabs
          ariaLabel="Which requests"
          activeTabId={query.box}
          onChange={({ detail }) => {
            if (isBox(detail.activeTabId)) change({ box: detail.activeTabId })
          }}
          tabs={(['waiting', 'mine', 'all'] as const).map((id) => ({
            id,
            label: id === 'waiting' && waiting > 0 ? `${titles.waiting} (${waiting})` : titles[id],
            content: query.box === id && <RequestsTable key={id} list={list} />,
          }))}
        />
      </ClockProvider>
    </SpaceBetween>
  )
}

const isBox = (id: string): id is keyof typeof titles => id in titles

type List = ReturnType<typeof useRequests>

function RequestsTable({ list }: { list: List }) {
  const [selected, setSelected] = useState<readonly RequestRow[]>([])
  const { query, answer, failure, change } = list
  const chosen = selected
    .filter(({ id }) => answer?.rows.some((row) => row.id === id))
    .slice(0, mostAtOnce)
  const isWaiting = query.box === 'waiting'
  return (
    <BoxTable<RequestRow>
      variant="container"
      stickyHeader
      items={failure ? [] : (answer?.rows ?? [])}
      trackBy="id"
      columnDefinitions={requestColumns}
      loading={!answer && !failure}
      loadingText="Reading requests"
      {...(isWaiting
        ? {
            selectionType: 'multi' as const,
            selectedItems: [...selected],
            onSelectionChange: ({ detail }: { detail: { selectedItems: RequestRow[] } }) =>
              setSelected(detail.selectedItems),
          }
        : {})}
      ariaLabels={{
        tableLabel: `Requests: ${titles[query.box]}`,
        selectionGroupLabel: 'Choose requests',
        allItemsSelectionLabel: () => 'Choose all on this page',
        itemSelectionLabel: (_, row) => `Choose R-${row.number}`,
      }}
      header={<TableHeader list={list} chosen={chosen} />}
      filter={<RequestsFilter query={query} total={answer?.total} onChange={change} />}
      pagination={
        <Pages
          page={list.query.page}
          pages={Math.ceil((list.answer?.total ?? 0) / pageSize)}
          of="requests"
          onChange={(page) => list.change({ page })}
        />
      }
      empty={failure ? <Unread list={list} /> : <Nothing query={query} change={change} />}
    />
  )
}

function TableHeader({ list, chosen }: { list: List; chosen: readonly RequestRow[] }) {
  const { query, answer, failure, isFetching, readAgain } = list
  return (
    <Header
      counter={answer && !failure ? `(${answer.total.toLocaleString('en')})` : undefined}
      description={descriptions[query.box]}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {query.box === 'waiting' && <DecideLink chosen={chosen} />}
          <Button
            iconName="refresh"
            ariaLabel="Read again"
            loading={isFetching && !!answer}
            onClick={readAgain}
          />
        </SpaceBetween>
      }
    >
      {titles[query.box]}
    </Header>
  )
}

function DecideLink({ chosen }: { chosen: readonly RequestRow[] }) {
  return (
    <Button
      disabled={chosen.length === 0}
      href={
        chosen.length > 0
          ? `/requests/decide?${chosen.map(({ id }) => `id=${id}`).join('&')}`
          : undefined
      }
    >
      {chosen.length > 1 ? `Look at ${chosen.length} and decide` : 'Look and decide'}
    </Button>
  )
}

function Unread({ list: { failure, isFetching, readAgain } }: { list: List }) {
  return (
    failure && (
      <RowsFailed
        header="Requests could not be read"
        failure={failure}
        isRetrying={isFetching}
        onRetry={readAgain}
      />
    )
  )
}

const descriptions = {
  waiting: 'Open changes that you can decide about now.',
  mine: 'What you asked for, drafts included.',
  all: 'What you may see: requests about the accounts of your roles, and your own.',
} as const

function Nothing({ query: { box, text, status, page }, change }: Pick<List, 'query' | 'change'>) {
  const mayCreate = useHeld().has('requests.create')
  if (page > 1)
    return (
      <Hint title="This page is behind the last row">
        <Button onClick={() => change({ page: 1 })}>To the first page</Button>
      </Hint>
    )
  if (text || status)
    return (
      <Hint title="No request matches">
        <Button onClick={() => change({ text: '', status: undefined })}>Clear the search</Button>
      </Hint>
    )
  if (box === 'waiting')
    return (
      <Hint title="Nothing waits for your decision">
        <Button onClick={() => change({ box: 'all' })}>See all requests</Button>
      </Hint>
    )
  return (
    <Hint
      title={
        box === 'mine'
          ? 'You have asked for nothing yet'
          : 'Nobody has asked for anything that you may see'
      }
    >
      {mayCreate && <Button href="/requests/new">New request</Button>}
    </Hint>
  )
}
