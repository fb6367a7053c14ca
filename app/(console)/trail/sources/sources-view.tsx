'use client'

import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFrame } from '@/components/shell/page-frame'
import { readJson } from '@/components/shell/read-json'
import { BoxTable } from '@/components/table/box-table'
import { Pages } from '@/components/table/pages'
import { Hint } from '@/components/table/table-view'
import { Middle } from '@/components/value/middle'
import { Moment } from '@/components/value/moment'
import type { Plain } from '@/lib/inventory/plain'
import type { SourceHealth } from '@/lib/trail/source-health'
import type { Sources } from '@/lib/trail/sources'

type Source = Plain<SourceHealth>

const againMs = 15_000
const perPage = 50

/** Where events come from, how far each source is, what failed and what it cannot see. */
export function SourcesView({ initial }: { initial: Sources }) {
  const { data, error } = useQuery({
    queryKey: ['trail sources'],
    queryFn: ({ signal }) => readJson<Sources>('/api/trail/sources', signal),
    initialData: initial,
    refetchInterval: againMs,
  })
  const [page, setPage] = useState(1)
  const { sources, accounts } = data
  const pages = Math.max(1, Math.ceil(sources.length / perPage))
  const current = Math.min(page, pages)
  useFrame({
    breadcrumbs: [
      { text: 'Trail', href: '/trail' },
      { text: 'Sources', href: '/trail/sources' },
    ],
    contentType: 'table',
  })
  return (
    <BoxTable
      variant="full-page"
      stickyHeader
      isDense
      items={sources.slice((current - 1) * perPage, current * perPage)}
      trackBy="name"
      header={<Heading count={sources.length} failure={error?.message ?? null} />}
      pagination={
        pages > 1 && <Pages page={current} pages={pages} of="sources" onChange={setPage} />
      }
      empty={
        <Hint title="No source yet">
          A source appears for each account and Region once its Regions are known.
        </Hint>
      }
      columnDefinitions={columnsWith(accounts)}
    />
  )
}

function Heading({ count, failure }: { count: number; failure: string | null }) {
  return (
    <Header
      variant="h1"
      counter={`(${count.toLocaleString('en')})`}
      description={
        'LookupEvents of each account and Region, which has the last 90 days, and trails with log ' +
        'files. An event can come 20 minutes late: what is newer is here, yet perhaps not all of it.'
      }
    >
      Trail sources
      {failure && (
        <StatusIndicator type="error">
          The page could not be brought up to date: {failure}
        </StatusIndicator>
      )}
    </Header>
  )
}

const states: Readonly<Record<Source['state'], readonly [StatusIndicatorProps.Type, string]>> = {
  upToDate: ['success', 'Up to date'],
  reading: ['in-progress', 'Reading'],
  behind: ['warning', 'Behind'],
  silent: ['warning', 'Silent'],
  problem: ['error', 'Problem'],
  off: ['stopped', 'Not read'],
}

const columnsWith = (
  accounts: Sources['accounts'],
): readonly TableProps.ColumnDefinition<Source>[] => [
  {
    id: 'account',
    header: 'Account',
    isRowHeader: true,
    minWidth: 150,
    cell: ({ accountId }) => (
      <>
        <Link href={`/accounts/${accountId}`}>{accounts[accountId] ?? accountId}</Link>
        {accounts[accountId] && <Box color="text-body-secondary">{accountId}</Box>}
      </>
    ),
  },
  { id: 'region', header: 'Region', minWidth: 100, cell: ({ region }) => region },
  { id: 'source', header: 'Source', minWidth: 130, cell: (source) => <NameOf {...source} /> },
  { id: 'state', header: 'State', minWidth: 100, cell: ({ state }) => <StateOf state={state} /> },
  {
    id: 'until',
    header: 'Complete until',
    minWidth: 90,
    cell: ({ readUntil }) => <Moment at={readUntil} missing="nothing yet" />,
  },
  { id: 'progress', header: 'Progress', minWidth: 180, cell: ({ progress }) => progress },
  {
    id: 'problem',
    header: 'Last problem',
    minWidth: 220,
    cell: ({ problem }) =>
      problem ? (
        <>
          {problem.text}{' '}
          <Box variant="small">
            <Moment at={problem.at} />
          </Box>
        </>
      ) : (
        <Box color="text-status-inactive">none</Box>
      ),
  },
  {
    id: 'unseen',
    header: 'Cannot see',
    minWidth: 180,
    cell: ({ cannotSee }) =>
      cannotSee.length > 0 ? (
        cannotSee.map((text) => <div key={text}>{text}</div>)
      ) : (
        <Box color="text-status-inactive">none known</Box>
      ),
  },
]

function StateOf({ state }: Pick<Source, 'state'>) {
  const [type, word] = states[state]
  return <StatusIndicator type={type}>{word}</StatusIndicator>
}

/** LookupEvents, or a trail by its name. */
function NameOf({ kind, name }: Source) {
  if (kind === 'lookup') return <>LookupEvents</>
  return (
    <span title={name}>
      Trail <Middle text={name.slice(name.lastIndexOf('/') + 1)} />
    </span>
  )
}
