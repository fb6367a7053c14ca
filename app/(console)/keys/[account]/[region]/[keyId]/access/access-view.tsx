'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Multiselect from '@cloudscape-design/components/multiselect'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { CellButton, Legend, PrincipalName } from '@/components/access/access-cell'
import { BoxTable } from '@/components/table/box-table'
import { Pages } from '@/components/table/pages'
import { Reasons, Times, type Asked } from '@/components/access/reasons'
import { ReadFailed } from '@/components/failure/read-failed'
import { useHeld } from '@/components/shell/held'
import { readJson } from '@/components/shell/read-json'
import { KeyState } from '@/components/value/key-state'
import type { AccessTable } from '@/lib/access/table'
import type { KeyRow } from '@/lib/inventory/key-detail'
import { accessFilters, isShown } from './access-filter'
import { useAccessState } from './use-access-state'
import { keyPath } from '@/lib/kms/arn'

type Row = AccessTable['rows'][number]

const pageSize = 50

const useAccess = (url: string) =>
  useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => readJson<AccessTable>(url, signal),
    retry: false,
  })

/** The rows that the filter lets through, and the page of them that is shown. */
function useShown(data: AccessTable | undefined, state: ReturnType<typeof useAccessState>) {
  const { text, chosen, page } = state
  const wanted = chosen.join()
  const rows = useMemo(
    () => data?.rows.filter((row) => isShown(row, data.abilities, text, wanted.split(','))) ?? [],
    [data, text, wanted],
  )
  const pages = Math.max(1, Math.ceil(rows.length / pageSize))
  const at = Math.min(page, pages)
  return { count: rows.length, pages, at, rows: rows.slice((at - 1) * pageSize, at * pageSize) }
}

/**
 * Who can do what with this key: everyone its policy, IAM and grants speak of, against
 * everything that can be done with it.
 */
export function AccessView({ of: key }: { of: KeyRow }) {
  const url = `/api${keyPath(key)}/access`
  const { data, error, isPending, isFetching, refetch } = useAccess(url)
  const state = useAccessState()
  const [asked, setAsked] = useState<Asked | null>(null)
  const { rows, count, pages, at } = useShown(data, state)
  if (error)
    return (
      <ReadFailed
        header="Access could not be worked out"
        message={error.message}
        isRetrying={isFetching}
        onRetry={() => void refetch()}
      />
    )
  return (
    <SpaceBetween size="m">
      {data?.gaps.map((gap) => (
        <Alert key={gap} type="warning">
          {gap}
        </Alert>
      ))}
      <BoxTable
        variant="container"
        items={rows}
        trackBy="id"
        loading={isPending}
        loadingText="Evaluating policies, IAM and grants"
        stickyHeader
        stripedRows
        isDense
        ariaLabels={{ tableLabel: 'Who can do what' }}
        header={<Heading data={data} shown={count} csv={`${url}/csv`} keyArn={key.arn} />}
        filter={<Filter state={state} />}
        pagination={
          pages > 1 && (
            <Pages
              of="principals"
              page={at}
              pages={pages}
              onChange={(page) => state.change({ page })}
            />
          )
        }
        empty={<Nobody data={data} />}
        columnDefinitions={columns(data, key.accountId, setAsked)}
        footer={<Legend />}
      />
      <Reasons
        keyHref={keyPath(key)}
        keyArn={key.arn}
        asked={asked}
        onClose={() => setAsked(null)}
      />
    </SpaceBetween>
  )
}

function Nobody({ data }: { data: AccessTable | undefined }) {
  return (
    <Box textAlign="center">
      {data && data.rows.length > 0
        ? 'Nobody matches this filter.'
        : 'Nobody we know of can do anything with this key.'}
    </Box>
  )
}

type FilterProps = { state: ReturnType<typeof useAccessState> }

function Filter({ state: { text, chosen, change } }: FilterProps) {
  return (
    <SpaceBetween direction="horizontal" size="s">
      <TextFilter
        filteringText={text}
        filteringPlaceholder="Find a principal"
        filteringAriaLabel="Find a principal"
        onChange={({ detail }) => change({ text: detail.filteringText })}
      />
      <Multiselect
        selectedOptions={accessFilters.filter(({ value }) => chosen.includes(value))}
        options={accessFilters}
        placeholder="Show only"
        ariaLabel="Show only"
        onChange={({ detail }) =>
          change({ chosen: detail.selectedOptions.flatMap(({ value }) => value ?? []) })
        }
      />
    </SpaceBetween>
  )
}

function Heading({
  data,
  shown,
  csv,
  keyArn,
}: {
  data: AccessTable | undefined
  shown: number
  csv: string
  keyArn: string
}) {
  const mayExport = useHeld().has('keys.export')
  return (
    <Header
      variant="h2"
      counter={data && `(${shown}${shown === data.rows.length ? '' : ` of ${data.rows.length}`})`}
      description={
        data && (
          <>
            {data.keyState !== 'Enabled' && (
              <>
                <KeyState state={data.keyState} />{' '}
              </>
            )}
            {data.asked} principals evaluated. <Times readAt={data.readAt} />
          </>
        )
      }
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button href={`/access?${new URLSearchParams({ key: keyArn })}`}>Check access</Button>
          <Button href={`/access/compare?${new URLSearchParams({ a: keyArn })}`}>
            Compare with another key
          </Button>
          {mayExport && (
            <Button href={csv} iconName="download" download="access.csv">
              CSV
            </Button>
          )}
        </SpaceBetween>
      }
    >
      Who can do what
    </Header>
  )
}

/** What the key trusts its own account with is for IAM of that account to hand on. */
const wordFor = (row: Row, accountId: string) =>
  row.kind === 'account' && row.accountId === accountId ? 'IAM of this account decides' : undefined

function columns(
  data: AccessTable | undefined,
  accountId: string,
  ask: (asked: Asked) => void,
): TableProps.ColumnDefinition<Row>[] {
  return [
    {
      id: 'principal',
      header: 'Principal',
      isRowHeader: true,
      minWidth: 220,
      cell: (row) => (
        <PrincipalName
          row={row}
          href={`/access/principals?${new URLSearchParams({ arn: row.id })}`}
        />
      ),
    },
    ...(data?.abilities ?? []).map(({ id, label, action }) => ({
      id,
      header: label,
      minWidth: 90,
      cell: (row: Row) => (
        <CellButton
          cell={row.cells[id] ?? 'unknown'}
          label={`${label}, ${row.name}`}
          byGrant={row.onlyByGrant.includes(id)}
          use={row.uses[id]}
          text={row.cells[id] === 'delegated' ? wordFor(row, accountId) : undefined}
          onAsk={() => ask({ principal: row.id, action, label })}
        />
      ),
    })),
  ]
}
