'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ChartRoom } from '@/components/chart/chart-room'
import { CountsChart } from '@/components/chart/counts-chart'
import { readJson } from '@/components/shell/read-json'
import { useTableState, type TableStateHook } from '@/components/table/use-table-state'
import { WaitingHours } from '@/components/trail/coverage-of-period'
import { propertyOf, type TableDefinition } from '@/lib/table/definition'
import {
  chartDivisions,
  narrowTo,
  rangeOf,
  withRange,
  type ChartDivision,
  type TrailChart as Chart,
} from '@/lib/trail/usage/chart'
import { DayRangeField } from './day-range-field'

type Props = { definition: TableDefinition; nameOfAccount(id: string): string }

/** What the table below finds, over time. Its range and its links narrow the table. */
export function TrailChart({ definition, nameOfAccount }: Props) {
  const table = useTableState(definition)
  const [by, setBy] = useState<ChartDivision>('outcome')
  const url = `/api/trail/chart?${new URLSearchParams(table.query)}&by=${by}`
  const { data, error } = useQuery({
    queryKey: ['trail chart', table.query, by],
    queryFn: ({ signal }) => readJson<Chart>(url, signal),
    placeholderData: keepPreviousData,
    retry: false,
  })
  if (error)
    return (
      <Alert type="error" header="Counts over time could not be read">
        {error.message}
      </Alert>
    )
  return (
    <SpaceBetween size="xs">
      {data && <WaitingHours hours={data.waitingHours} />}
      {data?.counts ? (
        <CountsChart
          counts={data.counts}
          title="Events over time"
          titleOf={(id) => titleOf(by, id, nameOfAccount)}
          hrefOf={(id, start) => {
            const unit = data.counts?.unit ?? 'day'
            const filter = narrowTo(table.state.filter, by, id, unit, start)
            return filter ? table.hrefOf({ filter }) : undefined
          }}
          actions={<Choices table={table} by={by} onDivide={setBy} />}
          nothing={<Box textAlign="center">The trail has no such events.</Box>}
          gap="Where no source read anything there is a gap: what happened then is unknown."
        />
      ) : (
        <Container header={<Header variant="h2">Events over time</Header>}>
          {data ? (
            <Box color="text-body-secondary">{sayUnknown(definition, data.unknown)}</Box>
          ) : (
            <ChartRoom />
          )}
        </Container>
      )}
    </SpaceBetween>
  )
}

function titleOf(by: ChartDivision, id: string | null, nameOfAccount: Props['nameOfAccount']) {
  if (id === null) return 'Others'
  if (by === 'account') return nameOfAccount(id)
  return by === 'outcome' ? `${id.slice(0, 1).toUpperCase()}${id.slice(1)}` : id
}

const sayUnknown = (definition: TableDefinition, properties: readonly string[]) => {
  const names = properties.map((id) => propertyOf(definition, id)?.label ?? id).join(', ')
  return `Totals over time do not know ${names}: without that condition they are drawn.`
}

type ChoicesProps = {
  table: TableStateHook
  by: ChartDivision
  onDivide(by: ChartDivision): void
}

function Choices({ table, by, onDivide }: ChoicesProps) {
  const { filter } = table.state
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      {withRange(filter, {}) && (
        <DayRangeField
          range={rangeOf(filter)}
          onChange={(range) => {
            const changed = withRange(filter, range)
            if (changed) table.change({ filter: changed })
          }}
        />
      )}
      <SegmentedControl
        label="Divide events by"
        selectedId={by}
        onChange={({ detail }) =>
          onDivide(chartDivisions.find((one) => one === detail.selectedId) ?? 'outcome')
        }
        options={chartDivisions.map((id) => ({ id, text: `By ${id}` }))}
      />
    </SpaceBetween>
  )
}
