'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFrame } from '@/components/shell/page-frame'
import { readJson, ReadFailure } from '@/components/shell/read-json'
import { ExportMenu } from '@/components/table/export-menu'
import { FacetPanel } from '@/components/table/facet-panel'
import { FilterField } from '@/components/table/filter-field'
import { SavedViews, type View } from '@/components/table/saved-views'
import { Hint, TableView } from '@/components/table/table-view'
import { useTableState } from '@/components/table/use-table-state'
import { Moment } from '@/components/value/moment'
import type { ExternalAnswer, ExternalRow } from '@/lib/access/external-read'
import { externalTable } from '@/lib/table/external'
import { deleteExternalView, saveExternalView } from './actions'
import { externalCells, externalWord } from './external-cells'
import { ExternalGaps } from './external-gaps'
import { ReviewDialog, type ReviewAct } from './review-dialog'

const crumbs = [{ text: 'External access', href: '/access/external' }]
/** While keys wait for their evaluation the page looks again by itself. */
const lookAgainMs = 5_000

type Props = {
  first: ExternalAnswer
  views: readonly View[]
  mayExport: boolean
  mayReview: 'all' | readonly string[]
}

/**
 * Which keys can be used from beyond their account, by whom and by what, and
 * what was decided about it.
 */
export function ExternalView({ first, views, mayExport, mayReview }: Props) {
  useFrame({ breadcrumbs: crumbs, contentType: 'table' })
  const table = useTableState(externalTable)
  const [readAt] = useState(() => Date.now())
  const [act, setAct] = useState<ReviewAct | null>(null)
  const external = useQuery({
    queryKey: ['external', table.query],
    queryFn: ({ signal }) =>
      readJson<ExternalAnswer>(`/api/access/external?${table.query}`, signal),
    initialData: table.query === first.query ? first : undefined,
    initialDataUpdatedAt: readAt,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data && state.data.coverage.waiting > 0 ? lookAgainMs : false,
  })
  const answer = external.data
  const failure = failureOf(external.error)
  const labelOf = (facet: string, value: string) => {
    const name = facet === 'account' ? answer?.accounts[value] : undefined
    return name && name !== value ? `${name} (${value})` : externalWord(facet, value)
  }
  const options = Object.fromEntries(
    Object.entries(answer?.facets ?? {}).map(([facet, counts]) => [
      facet,
      counts.map(({ value, count }) => ({ value, count, label: labelOf(facet, value) })),
    ]),
  )
  const panel = answer && !failure && (
    <FacetPanel
      definition={externalTable}
      facets={answer.facets}
      labelOf={labelOf}
      filter={table.state.filter}
      hrefOf={(filter) => table.hrefOf({ filter })}
      onChange={(filter) => table.change({ filter })}
    />
  )
  const may = (row: ExternalRow) => mayReview === 'all' || mayReview.includes(row.key.accountId)
  return (
    <SpaceBetween size="s">
      {answer && <ExternalGaps coverage={answer.coverage} />}
      {first.problems.length > 0 && table.query === first.query && (
        <Alert
          type="warning"
          header="Part of this address was not understood, so more might be shown than was meant"
        >
          {first.problems.join(' ')}
        </Alert>
      )}
      <TableView
        definition={externalTable}
        table={table}
        title="External access"
        description={<Description answer={answer} />}
        rows={answer?.rows}
        total={answer?.total}
        isFetching={external.isFetching}
        failure={failure}
        onRetry={() => void external.refetch()}
        cells={externalCells(may, setAct)}
        trackBy={(row) => `${row.keyArn} ${row.principal}`}
        facets={panel}
        filter={
          <FilterField
            definition={externalTable}
            filter={table.state.filter}
            onChange={(filter) => table.change({ filter })}
            options={options}
            tagNames={[]}
            isLoading={external.isFetching}
            countText={answer ? `${answer.total.toLocaleString('en')} found` : undefined}
            placeholder="Filter by key, principal, account or any property"
          />
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <SavedViews
              views={views}
              query={table.query}
              save={saveExternalView}
              remove={deleteExternalView}
            />
            {mayExport && <ExportMenu path="/api/access/external/export" query={table.query} />}
            <Button
              iconName="refresh"
              ariaLabel="Refresh"
              onClick={() => void external.refetch()}
            />
          </SpaceBetween>
        }
        nothing={
          <Hint title={nothingWords(answer)}>
            <Button href="/accounts">See coverage</Button>
          </Hint>
        }
      />
      {act && (
        <ReviewDialog
          act={act}
          onClose={() => setAct(null)}
          onDone={() => {
            setAct(null)
            void external.refetch()
          }}
        />
      )}
    </SpaceBetween>
  )
}

function Description({ answer }: { answer: ExternalAnswer | undefined }) {
  if (!answer) return 'Keys that principals of other accounts can use'
  const { keys, organizationRead } = answer.coverage
  return (
    <>
      Keys that principals of other accounts can use; {keys.toLocaleString('en')} keys evaluated.{' '}
      Organization read <Moment at={organizationRead} missing="never" />. AWS services are not
      listed.
    </>
  )
}

const failureOf = (error: Error | null) =>
  error instanceof ReadFailure
    ? error.failure
    : error
      ? { code: 'unexpected' as const, message: 'The answer could not be used.' }
      : null

function nothingWords(answer: ExternalAnswer | undefined): string {
  if (!answer || answer.coverage.keys === 0) return 'No key has been evaluated yet'
  if (answer.coverage.waiting > 0) return 'No external access found so far'
  return 'No key that could be read can be used from outside its account'
}
