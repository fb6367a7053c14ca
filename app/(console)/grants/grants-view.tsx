'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFrame } from '@/components/shell/page-frame'
import { readJson, ReadFailure } from '@/components/shell/read-json'
import { CoverageNotice } from '@/components/table/coverage-notice'
import { ExportMenu } from '@/components/table/export-menu'
import { FacetPanel } from '@/components/table/facet-panel'
import { FilterField } from '@/components/table/filter-field'
import { SavedViews, type View } from '@/components/table/saved-views'
import { Hint, TableView } from '@/components/table/table-view'
import { useTableState } from '@/components/table/use-table-state'
import { ClockProvider } from '@/components/value/clock'
import type { GrantsAnswer, GrantsRow } from '@/lib/grants/table'
import { grantsTable } from '@/lib/table/grants'
import { deleteGrantsView, saveGrantsView } from './actions'
import type { Asking } from './asking'
import { cannotChoose, GrantActs, stillShown } from './grant-acts'
import { grantCells, grantWord } from './grant-cells'
import { granteeOf } from './revoke-dialog'

const crumbs = [{ text: 'Grants', href: '/grants' }]

type Props = { first: GrantsAnswer; views: readonly View[]; mayExport: boolean; asking: Asking }

export function GrantsView({ first, views, mayExport, asking }: Props) {
  useFrame({ breadcrumbs: crumbs, contentType: 'table' })
  const table = useTableState(grantsTable)
  const [readAt] = useState(() => Date.now())
  const [marked, setMarked] = useState<readonly GrantsRow[]>([])
  const grants = useQuery({
    queryKey: ['grants', table.query],
    queryFn: ({ signal }) => readJson<GrantsAnswer>(`/api/grants?${table.query}`, signal),
    initialData: table.query === first.query ? first : undefined,
    initialDataUpdatedAt: readAt,
    placeholderData: keepPreviousData,
  })
  const answer = grants.data
  const chosen = stillShown(marked, answer?.rows ?? [])
  const failure =
    grants.error instanceof ReadFailure
      ? grants.error.failure
      : grants.error
        ? { code: 'unexpected' as const, message: 'The answer could not be used.' }
        : null
  const labelOf = (facet: string, value: string) => {
    const name = facet === 'account' ? answer?.accounts[value] : undefined
    return name && name !== value ? `${name} (${value})` : grantWord(value)
  }
  const options = Object.fromEntries(
    Object.entries(answer?.facets ?? {}).map(([facet, counts]) => [
      facet,
      counts.map(({ value, count }) => ({
        value,
        count,
        label: facet === 'account' ? labelOf(facet, value) : undefined,
      })),
    ]),
  )
  const panel = answer && !failure && (
    <FacetPanel
      definition={grantsTable}
      facets={answer.facets}
      labelOf={labelOf}
      filter={table.state.filter}
      hrefOf={(filter) => table.hrefOf({ filter })}
      onChange={(filter) => table.change({ filter })}
    />
  )
  return (
    <ClockProvider now={(answer ?? first).now} receivedAt={grants.dataUpdatedAt || readAt}>
      <SpaceBetween size="s">
        {answer && <CoverageNotice coverage={answer.coverage} />}
        {first.problems.length > 0 && table.query === first.query && (
          <Alert
            type="warning"
            header="Part of this address was not understood, so more may be shown than was meant"
          >
            {first.problems.join(' ')}
          </Alert>
        )}
        <TableView
          definition={grantsTable}
          table={table}
          title="Grants"
          description="Who may use which key by a grant, in every connected account and Region"
          rows={answer?.rows}
          total={answer?.total}
          isFetching={grants.isFetching}
          failure={failure}
          onRetry={() => void grants.refetch()}
          cells={grantCells}
          trackBy={(row) => `${row.keyArn} ${row.grantId}`}
          facets={panel}
          filter={
            <FilterField
              definition={grantsTable}
              filter={table.state.filter}
              onChange={(filter) => table.change({ filter })}
              options={options}
              tagNames={[]}
              isLoading={grants.isFetching}
              countText={
                answer
                  ? `${answer.total.toLocaleString('en')} ${answer.total === 1 ? 'grant' : 'grants'}`
                  : undefined
              }
              placeholder="Filter grants by any property or text"
            />
          }
          selection={
            asking
              ? {
                  selected: chosen,
                  onChange: setMarked,
                  isDisabled: cannotChoose(asking),
                  labelOf: (row) => `Choose the grant to ${granteeOf(row)}`,
                }
              : undefined
          }
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {asking && <GrantActs chosen={chosen} asking={asking} />}
              <SavedViews
                views={views}
                query={table.query}
                save={saveGrantsView}
                remove={deleteGrantsView}
              />
              {mayExport && <ExportMenu path="/api/grants/export" query={table.query} />}
              <Button
                iconName="refresh"
                ariaLabel="Read again"
                onClick={() => void grants.refetch()}
              />
            </SpaceBetween>
          }
          nothing={
            answer?.coverage.accounts === 0 ? (
              <Hint title="No account is connected, so no grants are known">
                <Button href="/accounts">Connect an account</Button>
              </Hint>
            ) : (
              <Hint
                title={
                  'No grants were found so far. They are read after the keys, slowly, since ' +
                  'AWS allows few such calls'
                }
              >
                <Button href="/accounts">See the sweeps</Button>
              </Hint>
            )
          }
        />
      </SpaceBetween>
    </ClockProvider>
  )
}
