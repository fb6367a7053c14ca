'use client'

import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useFrame } from '@/components/shell/page-frame'
import { failureOf, readReceived } from '@/components/shell/read-json'
import type { TableAnswer } from '@/lib/table/answer'
import type { TableDefinition } from '@/lib/table/definition'
import type { Filter } from '@/lib/table/filter'
import { AddressProblems } from './address-problems'
import { ExportMenu } from './export-menu'
import { FacetPanel } from './facet-panel'
import { FilterField } from './filter-field'
import { SavedViews, type ViewsOfTable } from './saved-views'
import type { Cells } from './table-columns'
import { TableView } from './table-view'
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
    breadcrumbs: crumbsOf(definition),
    contentType: 'table',
  })
  const table = useTableState(definition)
  const read = useRows(props, table.query)
  const answer = read.data
  const shown = (
    <SpaceBetween size="s">
      {answer && notice(answer)}
      {first.problems.length > 0 && table.query === first.query && (
        <AddressProblems problems={first.problems} />
      )}
      <Rows {...props} table={table} read={read} />
    </SpaceBetween>
  )
  return around ? around(shown, answer ?? first, read.receivedAt) : shown
}

const crumbsOf = ({ parent, title, path }: TableDefinition) => [
  ...(parent ? [{ text: parent.title, href: parent.path }] : []),
  { text: title, href: path },
]

function useRows<Answer extends TableAnswer<unknown>>(
  { definition, first, readAgainMs }: Props<Answer>,
  query: string,
) {
  const [readAt] = useState(() => Date.now())
  const read = useQuery({
    queryKey: [definition.name, query],
    queryFn: ({ signal }) => readReceived<Answer>(`/api${definition.path}?${query}`, signal),
    initialData: query === first.query ? { ...first, receivedAt: readAt } : undefined,
    initialDataUpdatedAt: readAt,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data && readAgainMs?.(state.data)) ?? false,
  })
  return {
    data: read.data,
    isFetching: read.isFetching,
    failure: failureOf(read.error),
    again: () => void read.refetch(),
    receivedAt: read.data?.receivedAt ?? readAt,
  }
}

type RowsProps<Answer extends TableAnswer<unknown>> = Props<Answer> & {
  table: ReturnType<typeof useTableState>
  read: ReturnType<typeof useRows<Answer>>
}

function Rows<Answer extends TableAnswer<unknown>>(props: RowsProps<Answer>) {
  type Row = Answer['rows'][number]
  const { table, read, definition, description, selection } = props
  const { data: answer, failure, isFetching } = read
  const [chosen, setChosen] = useChosen(answer?.rows ?? [], props)
  const labelOf = (facet: string, value: string) =>
    facet === 'account' ? nameOfAccount(answer, value) : props.wordOf(value, facet)
  const filtering = {
    definition,
    filter: table.state.filter,
    onChange: (filter: Filter) => table.change({ filter }),
  }
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
      onRetry={read.again}
      cells={props.cells}
      trackBy={props.trackBy}
      selection={selection && { ...selection, selected: chosen, onChange: setChosen }}
      facets={
        answer &&
        !failure && (
          <FacetPanel
            {...filtering}
            facets={answer.facets}
            labelOf={labelOf}
            hrefOf={(filter) => table.hrefOf({ filter })}
          />
        )
      }
      filter={
        <FilterField
          {...filtering}
          options={optionsOf(answer, labelOf)}
          tagNames={props.tagNames ?? []}
          isLoading={isFetching}
          countText={answer && countOf(answer.total, definition)}
          placeholder={props.placeholder}
        />
      }
      actions={<Actions {...props}>{selection?.actions(chosen)}</Actions>}
      nothing={props.nothing(answer)}
    />
  )
}

/**
 * The rows that are chosen, as they are now, and how to choose others. A row that was picked and
 * has changed since is the new one; one that is gone is chosen no more.
 */
function useChosen<Answer extends TableAnswer<unknown>>(
  rows: Answer['rows'],
  { selection, trackBy }: Pick<Props<Answer>, 'selection' | 'trackBy'>,
) {
  const [picked, setPicked] = useState<readonly Answer['rows'][number][]>([])
  const tracked = new Set(picked.map(trackBy))
  const chosen = selection?.acrossPages ? picked : rows.filter((row) => tracked.has(trackBy(row)))
  return [chosen, setPicked] as const
}

/** What can be done with the table; before it, what can be done with the rows that are chosen. */
function Actions<Answer extends TableAnswer<unknown>>({
  definition,
  views,
  mayExport,
  table: { query },
  read,
  children,
}: RowsProps<Answer> & { children: ReactNode }) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {children}
      <SavedViews table={definition.name} query={query} views={views} />
      {mayExport && <ExportMenu path={`/api${definition.path}`} query={query} />}
      <Button iconName="refresh" ariaLabel="Read again" onClick={read.again} />
    </SpaceBetween>
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
