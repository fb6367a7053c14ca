'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { CellWord, PrincipalName } from '@/components/access/access-cell'
import { KeyField } from '@/components/access/key-field'
import { BoxTable } from '@/components/table/box-table'
import { Pages } from '@/components/table/pages'
import { useFrame } from '@/components/shell/page-frame'
import { readJson } from '@/components/shell/read-json'
import { formatParams, useAddress } from '@/components/shell/use-address'
import { KeyState } from '@/components/value/key-state'
import type { ComparedKeys, ComparedRow } from '@/lib/access/compare-keys'

const pageSize = 50
const crumbs = [{ text: 'Compare access', href: '/access/compare' }]

type Pair = { a: string; b: string }
const codec = {
  parse: ({ a = '', b = '' }: Readonly<Record<string, string>>): Pair => ({ a, b }),
  format: (pair: Pair) => formatParams(pair),
}

/** What one key lets people do and another does not. */
export function CompareView() {
  useFrame({ breadcrumbs: crumbs, contentType: 'table' })
  const {
    state: { a, b },
    change,
  } = useAddress(codec)
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="Who can do what with one key and not with the other.">
        Compare access of two keys
      </Header>
      <Choice key={`choice ${a} ${b}`} given={{ a, b }} onCompare={(pair) => change(pair)} />
      {a && b ? (
        <Differences key={`differences ${a} ${b}`} a={a} b={b} />
      ) : (
        <Box color="text-body-secondary">Choose two keys.</Box>
      )}
    </SpaceBetween>
  )
}

function Choice({ given, onCompare }: { given: Pair; onCompare(pair: Pair): void }) {
  const [{ a, b }, setKeys] = useState(given)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onCompare({ a, b })
      }}
    >
      <Container>
        <SpaceBetween size="m">
          <ColumnLayout columns={2}>
            <KeyField label="First key" value={a} onChange={(value) => setKeys({ a: value, b })} />
            <KeyField label="Second key" value={b} onChange={(value) => setKeys({ a, b: value })} />
          </ColumnLayout>
          <Button variant="primary" formAction="submit">
            Compare
          </Button>
        </SpaceBetween>
      </Container>
    </form>
  )
}

function Differences(keys: { a: string; b: string }) {
  const url = `/api/access/compare?${new URLSearchParams(keys)}`
  const { data, error, isPending } = useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => readJson<ComparedKeys>(url, signal),
    retry: false,
  })
  const [page, setPage] = useState(1)
  const pages = Math.max(1, Math.ceil((data?.rows.length ?? 0) / pageSize))
  if (error)
    return (
      <Alert type="error" header="The two could not be compared">
        {error.message}
      </Alert>
    )
  return (
    <SpaceBetween size="m">
      {data?.gaps.map((gap) => (
        <Alert key={gap} type="warning">
          {gap}
        </Alert>
      ))}
      <BoxTable
        isDense
        items={data?.rows.slice((page - 1) * pageSize, page * pageSize) ?? []}
        trackBy="id"
        loading={isPending}
        loadingText="Evaluating both keys"
        ariaLabels={{ tableLabel: 'Differences' }}
        header={<Heading data={data} />}
        pagination={
          pages > 1 && <Pages of="differences" page={page} pages={pages} onChange={setPage} />
        }
        empty={<Box textAlign="center">Everyone can do the same with both keys.</Box>}
        columnDefinitions={columns(data)}
      />
    </SpaceBetween>
  )
}

function Heading({ data }: { data: ComparedKeys | undefined }) {
  return (
    <Header
      variant="h2"
      counter={data && `(${data.rows.length})`}
      description={
        data && (
          <>
            {data.same} principals can do the same with both. Each cell: first key, then second.
            First key: <KeyState state={data.states[0]} />, second key:{' '}
            <KeyState state={data.states[1]} />.
          </>
        )
      }
    >
      Differences
    </Header>
  )
}

function columns(data: ComparedKeys | undefined): TableProps.ColumnDefinition<ComparedRow>[] {
  const shown =
    data?.abilities.filter(({ id }) => data.rows.some(({ differs }) => differs.includes(id))) ?? []
  return [
    {
      id: 'principal',
      header: 'Principal',
      isRowHeader: true,
      minWidth: 220,
      cell: (row) => <PrincipalName row={row} />,
    },
    ...shown.map(({ id, label }) => ({
      id,
      header: label,
      minWidth: 90,
      cell: (row: ComparedRow) =>
        row.differs.includes(id) ? (
          <SpaceBetween size="xxxs">
            <b>
              <CellWord cell={row.a[id] ?? 'no'} use={row.usesA[id]} />
            </b>
            <b>
              <CellWord cell={row.b[id] ?? 'no'} use={row.usesB[id]} />
            </b>
          </SpaceBetween>
        ) : (
          <Box color="text-body-secondary">
            both: <CellWord cell={row.a[id] ?? 'no'} use={row.usesA[id]} />
          </Box>
        ),
    })),
  ]
}
