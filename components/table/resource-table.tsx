'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useFrame } from '@/components/shell/page-frame'
import { readJson, ReadFailure } from '@/components/shell/read-json'
import type { TableAnswer } from '@/lib/table/answer'
import type { TableDefinition } from '@/lib/table/definition'
import { ExportMenu } from './export-menu'
import { FacetPanel } from './facet-panel'
import { FilterField } from './filter-field'
import { SavedViews, type ViewsOfTable } from './saved-views'
import { TableView, type Cells } from './table-view'
import { useTableState } from './use-table-state'

/** What a page of a table hands to its view. */
export type TableProps<Answer> = {
  definition: TableDefinition
  first: Answer
  views: ViewsOfTable
  mayExport: boolean
}

type Props<Answer extends TableAnswer<unknown>> = TableProps<Answer> & {
  cells: Cells<Answer['rows'][number]>
  trackBy(row: Answer['rows'][number]): string
  description: ReactNode | ((answer: Answer | undefined) => ReactNode)
  placeholder: string
  /** A value of a facet in words; accounts are named by the table itself. */
  wordOf(value: string, facet: string): string
  /** What these rows cannot say, above them. */
  notice(answer: Answer): ReactNode
  /** What an empty table means when no filter narrows it. */
  nothing(answer: Answer | undefined): ReactNode
  tagNames?: readonly string[]
  /** Rows that can be chosen, and what can be done with those that are and are still shown. */
  selection?: {
    /** Rows stay chosen on other pages of the table. */
    acrossPages?: true
    isDisabled(row: Answer['rows'][number]): boolean
    labelOf(row: Answer['rows'][number]): string
    actions(chosen: readonly Answer['rows'][number][]): ReactNode
  }
  /** Milliseconds until it is read again by itself; false: only when asked to. */
  readAgainMs?(answer: Answer): number | false
  /** Wraps the whole, when it was received, in what its cells need. */
  around?(children: ReactNode, answer: Answer, receivedAt: number): ReactNode
}

/**
 * The page of a table: address, filter, counts, saved views, download, what could not be read,
 * loading, empty and failed. All of it follows from the definition and what the handler answers.
 */
export function ResourceTable<Answer extends TableAnswer<unknown>>(props: Props<Answer>) {
  const { definition, first, notice, around } = props
  useFrame({
    breadcrumbs: [{ text: definition.title, href: definition.path }],
    contentType: 'table',
  })
  const table = useTableState(definition)
  const read = useRows(props, table.query)
  const answer = read.data
  const shown = (
    <SpaceBetween size="s">
      {answer && notice(answer)}
      {first.problems.length > 0 && table.query === first.query && (
        <Alert
          type="warning"
          header="Part of this address was not understood, so more might be shown than was meant"
        >
          {first.problems.join(' ')}
        </Alert>
      )}
      <Rows {...props} table={table} read={read} />
    </SpaceBetween>
  )
  return around ? around(shown, answer ?? first, read.receivedAt) : shown
}

function useRows<Answer extends TableAnswer<unknown>>(
  { definition, first, readAgainMs }: Props<Answer>,
  query: string,
) {
  const [readAt] = useState(() => Date.now())
  const read = useQuery({
    queryKey: [definition.name, query],
    queryFn: ({ signal }) => readJson<Answer>(`/api${definition.path}?${query}`, signal),
    initialData: query === first.query ? first : undefined,
    initialDataUpdatedAt: readAt,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data && readAgainMs?.(state.data)) ?? false,
  })
  return {
    data: read.data,
    isFetching: read.isFetching,
    failure: failureOf(read.error),
    again: () => void read.refetch(),
    receivedAt: read.dataUpdatedAt || readAt,
  }
}

const failureOf = (error: Error | null) =>
  error instanceof ReadFailure
    ? error.failure
    : error && { code: 'unexpected' as const, message: 'The answer could not be used.' }

function Rows<Answer extends TableAnswer<unknown>>({
  table,
  read,
  ...props
}: Props<Answer> & {
  table: ReturnType<typeof useTableState>
  read: ReturnType<typeof useRows<Answer>>
}) {
  type Row = Answer['rows'][number]
  const { definition, description, selection } = props
  const { data: answer, failure, isFetching, again } = read
  const [picked, setPicked] = useState<readonly Row[]>([])
  // A row that was picked and has changed since is the new one; one that is gone is picked no more.
  const tracked = new Set(picked.map(props.trackBy))
  const chosen = selection?.acrossPages
    ? picked
    : (answer?.rows ?? []).filter((row) => tracked.has(props.trackBy(row)))
  const labelOf = (facet: string, value: string) =>
    facet === 'account' ? nameOfAccount(answer, value) : props.wordOf(value, facet)
  return (
    <TableView<Row>
      definition={definition}
      table={table}
      title={definition.title}
      description={typeof description === 'function' ? description(answer) : description}
      rows={answer?.rows}
      total={answer?.total}
      isFetching={isFetching}
      failure={failure}
      onRetry={again}
      cells={props.cells}
      trackBy={props.trackBy}
      selection={selection && { ...selection, selected: chosen, onChange: setPicked }}
      facets={
        answer &&
        !failure && (
          <FacetPanel
            definition={definition}
            facets={answer.facets}
            labelOf={labelOf}
            filter={table.state.filter}
            hrefOf={(filter) => table.hrefOf({ filter })}
            onChange={(filter) => table.change({ filter })}
          />
        )
      }
      filter={
        <FilterField
          definition={definition}
          filter={table.state.filter}
          onChange={(filter) => table.change({ filter })}
          options={optionsOf(answer, labelOf)}
          tagNames={props.tagNames ?? []}
          isLoading={isFetching}
          countText={answer && countOf(answer.total, definition)}
          placeholder={props.placeholder}
        />
      }
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {selection?.actions(chosen)}
          <SavedViews table={definition.name} query={table.query} views={props.views} />
          {props.mayExport && <ExportMenu path={`/api${definition.path}`} query={table.query} />}
          <Button iconName="refresh" ariaLabel="Read again" onClick={again} />
        </SpaceBetween>
      }
      nothing={props.nothing(answer)}
    />
  )
}

const countOf = (total: number, { noun: [one, many] }: TableDefinition) =>
  `${total.toLocaleString('en')} ${total === 1 ? one : many}`

const nameOfAccount = (answer: TableAnswer<unknown> | undefined, id: string) => {
  const name = answer?.accounts[id]
  return name && name !== id ? `${name} (${id})` : id
}

const optionsOf = (
  answer: TableAnswer<unknown> | undefined,
  labelOf: (facet: string, value: string) => string,
) =>
  Object.fromEntries(
    Object.entries(answer?.facets ?? {}).map(([facet, counts]) => [
      facet,
      counts.map(({ value, count }) => ({ value, count, label: labelOf(facet, value) })),
    ]),
  )
