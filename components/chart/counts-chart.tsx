'use client'

import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import dynamic from 'next/dynamic'
import { useState, type ReactNode } from 'react'
import { BoxTable } from '@/components/table/box-table'
import { Pages } from '@/components/table/pages'
import { ChartRoom } from './chart-room'
import type { CountsProps } from './counts-props'
import { timeWords } from './time-words'

/** Drawn when it is there: a page without a chart does not carry the code of charts. */
const Bars = dynamic(() => import('./bars'), {
  ssr: false,
  loading: ChartRoom,
})

type Props = CountsProps & {
  description?: ReactNode
  /** What is counted, and over which time: beside the choice of chart or table. */
  actions?: ReactNode
  /** In place of the chart where nothing was counted. */
  nothing: ReactNode
  /** What a gap means, said where there are gaps. */
  gap: string
}

const rowsOfPage = 12

/** Counts over time as a chart, or as a table for those who read. */
export function CountsChart({ description, actions, nothing, gap, ...counts }: Props) {
  const [shown, setShown] = useState('chart')
  const { series } = counts.counts
  const hasGaps = series.some(({ counts: own }) => own.includes(null))
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={description}
          actions={
            <SpaceBetween direction="horizontal" size="xs" alignItems="center">
              {actions}
              <SegmentedControl
                label="Show counts as"
                selectedId={shown}
                onChange={({ detail }) => setShown(detail.selectedId)}
                options={[
                  { id: 'chart', text: 'Chart' },
                  { id: 'table', text: 'Table' },
                ]}
              />
            </SpaceBetween>
          }
        >
          {counts.title}
        </Header>
      }
    >
      {series.length === 0 ? (
        nothing
      ) : shown === 'chart' ? (
        <Bars {...counts} />
      ) : (
        <CountsTable {...counts} />
      )}
      {hasGaps && (
        <Box fontSize="body-s" color="text-body-secondary">
          {gap}
        </Box>
      )}
    </Container>
  )
}

type Row = { start: string; at: number }

/** The newest first. */
function CountsTable({ counts, title, titleOf, hrefOf }: CountsProps) {
  const { unit, starts, series } = counts
  const [page, setPage] = useState(1)
  const rows = starts.map((start, at): Row => ({ start, at })).reverse()
  const pages = Math.max(1, Math.ceil(rows.length / rowsOfPage))
  const from = (Math.min(page, pages) - 1) * rowsOfPage
  const columns: TableProps.ColumnDefinition<Row>[] = [
    {
      id: 'time',
      header: 'Time (UTC)',
      isRowHeader: true,
      minWidth: 130,
      cell: ({ start }) => timeWords(unit, start),
    },
    ...series.map(({ id, counts: own }) => ({
      id: `series ${id ?? ''}`,
      header: titleOf(id),
      minWidth: 80,
      cell: ({ start, at }: Row) => <Count count={own[at] ?? null} href={hrefOf?.(id, start)} />,
    })),
  ]
  return (
    <BoxTable<Row>
      variant="embedded"
      isDense
      items={rows.slice(from, from + rowsOfPage)}
      trackBy="start"
      columnDefinitions={columns}
      ariaLabels={{ tableLabel: title }}
      pagination={pages > 1 && <Pages of="counts" page={page} pages={pages} onChange={setPage} />}
    />
  )
}

function Count({ count, href }: { count: number | null; href?: string }) {
  if (count === null)
    return (
      <Box variant="span" color="text-status-inactive">
        unknown
      </Box>
    )
  const text = count.toLocaleString('en')
  return href && count > 0 ? <Link href={href}>{text}</Link> : <>{text}</>
}
