'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Multiselect from '@cloudscape-design/components/multiselect'
import Pagination from '@cloudscape-design/components/pagination'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { CellButton, Legend, PrincipalName } from '@/components/access/access-cell'
import { Reasons, Times, type Asked } from '@/components/access/reasons'
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

/**
 * Who can do what with this key: everyone its policy, IAM and grants speak of, against
 * everything that can be done with it.
 */
export function AccessView({ of: key }: { of: KeyRow }) {
  const url = `/api${keyPath(key)}/access`
  const { data, error, isPending, isFetching, refetch } = useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => readJson<AccessTable>(url, signal),
    retry: false,
  })
  const { text, chosen, page, change } = useAccessState()
  const [asked, setAsked] = useState<Asked | null>(null)
  const wanted = chosen.join()
  const rows = useMemo(
    () => data?.rows.filter((row) => isShown(row, data.abilities, text, wanted.split(','))) ?? [],
    [data, text, wanted],
  )
  if (error)
    return (
      <Alert
        type="error"
        header="Access could not be worked out"
        action={
          <Button loading={isFetching} onClick={() => void refetch()}>
            Try again
          </Button>
        }
      >
        {error.message}
      </Alert>
    )
  const pages = Math.max(1, Math.ceil(rows.length / pageSize))
  const at = Math.min(page, pages)
  return (
    <SpaceBetween size="m">
      {data?.gaps.map((gap) => (
        <Alert key={gap} type="warning">
          {gap}
        </Alert>
      ))}
      <Table
        variant="container"
        items={rows.slice((at - 1) * pageSize, at * pageSize)}
        trackBy="id"
        loading={isPending}
        loadingText="Weighing policies, IAM and grants"
        stickyHeader
        stripedRows
        stickyColumns={{ first: 1 }}
        contentDensity="compact"
        ariaLabels={{ tableLabel: 'Who can do what' }}
        header={<Heading data={data} shown={rows.length} csv={`${url}/csv`} keyArn={key.arn} />}
        filter={
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
        }
        pagination={
          pages > 1 && (
            <Pagination
              currentPageIndex={at}
              pagesCount={pages}
              ariaLabels={{
                nextPageLabel: 'Next page',
                previousPageLabel: 'Previous page',
                pageLabel: (number) => `Page ${number}`,
              }}
              onChange={({ detail }) => change({ page: detail.currentPageIndex })}
            />
          )
        }
        empty={
          <Box textAlign="center">
            {data && data.rows.length > 0
              ? 'Nobody matches this filter.'
              : 'Nobody we know of can do anything with this key.'}
          </Box>
        }
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
            {data.asked} principals weighed. <Times readAt={data.readAt} />
          </>
        )
      }
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button href={`/access?${new URLSearchParams({ key: keyArn })}`}>Ask</Button>
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
      minWidth: 260,
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
      minWidth: 145,
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
