'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Multiselect, { type MultiselectProps } from '@cloudscape-design/components/multiselect'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { readJson } from '@/components/shell/read-json'
import { Moment } from '@/components/value/moment'
import type { AccessTable } from '@/lib/access/table'
import type { KeyDetail } from '@/lib/inventory/key-detail'
import { hrefOfKey } from '../key-tabs'
import { CellButton, Legend, PrincipalName } from './access-cell'
import { accessFilters, isShown } from './access-filter'
import { Reasons, type Asked } from './reasons'

type Row = AccessTable['rows'][number]

/** Who can do what with this key: everyone its policy, IAM and grants speak of, against everything that can be done with it. */
export function AccessView({ detail: { key } }: { detail: KeyDetail }) {
  const url = `/api${hrefOfKey(key)}/access`
  const { data, error, isPending, isFetching, refetch } = useQuery({ queryKey: [url], queryFn: ({ signal }) => readJson<AccessTable>(url, signal), retry: false })
  const [text, setText] = useState('')
  const [filters, setFilters] = useState<readonly MultiselectProps.Option[]>([])
  const [asked, setAsked] = useState<Asked | null>(null)
  const rows = useMemo(() => data?.rows.filter((row) => isShown(row, data.abilities, text, filters.flatMap(({ value }) => value ?? []))) ?? [], [data, text, filters])
  if (error) return <Alert type="error" header="Access could not be worked out" action={<Button loading={isFetching} onClick={() => void refetch()}>Try again</Button>}>{error.message}</Alert>
  return (
    <SpaceBetween size="m">
      {data?.gaps.map((gap) => <Alert key={gap} type="warning">{gap}</Alert>)}
      <Table
        variant="container" items={rows} trackBy="id" loading={isPending} loadingText="Weighing policies, IAM and grants" stickyHeader stripedRows
        header={<Heading data={data} shown={rows.length} />}
        filter={
          <SpaceBetween direction="horizontal" size="s">
            <TextFilter filteringText={text} filteringPlaceholder="Find a principal" filteringAriaLabel="Find a principal" onChange={({ detail }) => setText(detail.filteringText)} />
            <Multiselect selectedOptions={filters} options={accessFilters} placeholder="Show only" ariaLabel="Show only" onChange={({ detail }) => setFilters(detail.selectedOptions)} />
          </SpaceBetween>
        }
        empty={<Box textAlign="center">{data && data.rows.length > 0 ? 'Nobody matches this filter.' : 'Nobody we know of can do anything with this key.'}</Box>}
        columnDefinitions={columns(data, setAsked)}
        footer={<Legend />}
      />
      <Reasons keyHref={hrefOfKey(key)} asked={asked} onClose={() => setAsked(null)} />
    </SpaceBetween>
  )
}

function Heading({ data, shown }: { data: AccessTable | undefined; shown: number }) {
  return (
    <Header
      variant="h2" counter={data && `(${shown}${shown === data.rows.length ? '' : ` of ${data.rows.length}`})`}
      description={data && (
        <>
          {data.asked} principals weighed. Policy read <Moment at={data.readAt.policy} missing="never" />, grants <Moment at={data.readAt.grants} missing="never" />,
          {' '}IAM <Moment at={data.readAt.iam} missing="never" />, organization <Moment at={data.readAt.organization} missing="never" />.
        </>
      )}
    >
      Who can do what
    </Header>
  )
}

function columns(data: AccessTable | undefined, ask: (asked: Asked) => void): TableProps.ColumnDefinition<Row>[] {
  return [
    { id: 'principal', header: 'Principal', isRowHeader: true, minWidth: 280, cell: (row) => <PrincipalName row={row} /> },
    ...(data?.abilities ?? []).map(({ id, label, action }) => ({
      id, header: label, minWidth: 110,
      cell: (row: Row) => <CellButton cell={row.cells[id] ?? 'unknown'} label={`${label}, ${row.name}`} onAsk={() => ask({ principal: row.id, action, label })} />,
    })),
  ]
}
