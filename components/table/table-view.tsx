'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import type { ReactNode } from 'react'
import type { TableState } from '@/lib/table/state'
import type { Failure } from '@/lib/result'
import type { TableDefinition } from '@/lib/table/definition'
import { noFilter, tokensOf } from '@/lib/table/filter'
import { BoxTable } from './box-table'
import { RowsFailed } from './rows-failed'
import { Pages } from './pages'
import { SortField } from './sort-field'
import { columnLabels, columnsOf, type Cells } from './table-columns'
import { TableHeading } from './table-heading'
import { TablePreferences } from './table-preferences'
import { useFacetsOpen } from './use-facets-open'
import type { TableStateHook } from './use-table-state'
import './table.css'

type Props<T> = {
  definition: TableDefinition
  table: TableStateHook
  title: string
  description: ReactNode
  /** Undefined while nothing was read yet. */
  rows: readonly T[] | undefined
  total: number | undefined
  isFetching: boolean
  failure: Failure | null
  onRetry(): void
  cells: Cells<T>
  trackBy(row: T): string
  filter: ReactNode
  /** How many rows there are of each kind, beside the table; can be folded away. */
  facets?: ReactNode
  actions: ReactNode
  /** What an empty table means when no filter narrows it, and what to do. */
  nothing: ReactNode
  /** Rows that can be chosen, for what can be done with several at once. */
  selection?: {
    selected: readonly T[]
    onChange(rows: T[]): void
    isDisabled(row: T): boolean
    labelOf(row: T): string
  }
}

/**
 * A table whose whole state is its address. Rows that could not be read look failed, never empty.
 */
export function TableView<T>(props: Props<T>) {
  const { definition, table, title, rows, total, isFetching, failure, facets, selection } = props
  const { state, change } = table
  const columns = columnsOf(definition, state, props.cells)
  const isUpdating = isFetching && rows !== undefined
  return (
    <BesideFacets facets={facets} isFetching={isFetching} isUpdating={isUpdating}>
      <BoxTable<T>
        variant="container"
        isDense
        isWhole={state.wrap}
        stickyHeader
        resizableColumns
        items={failure ? [] : (rows ?? [])}
        trackBy={props.trackBy}
        {...(selection && selectionOf(selection))}
        {...columns}
        loading={!rows && !failure}
        loadingText={`Reading ${title.toLowerCase()}`}
        {...sortingOf(columns.columnDefinitions, table)}
        ariaLabels={{
          ...columnLabels,
          ...(selection && selectionLabels(title, selection)),
          tableLabel: title,
        }}
        header={
          <TableHeading
            title={title}
            description={props.description}
            total={failure ? undefined : total}
            isUpdating={isUpdating}
            hasFacets={Boolean(facets)}
            actions={props.actions}
          />
        }
        filter={
          <>
            {props.filter}
            <SortField
              definition={definition}
              sort={state.sort}
              onChange={(sort) => change({ sort })}
            />
          </>
        }
        pagination={
          <Pages
            {...pagesOf(state, total)}
            of={title.toLowerCase()}
            isDisabled={!rows}
            onChange={(page) => change({ page })}
          />
        }
        preferences={<TablePreferences definition={definition} state={state} onChange={change} />}
        empty={<NoRows {...props} />}
      />
    </BesideFacets>
  )
}

function BesideFacets({
  facets,
  isFetching,
  isUpdating,
  children,
}: Pick<Props<unknown>, 'facets' | 'isFetching'> & { isUpdating: boolean; children: ReactNode }) {
  const { choice } = useFacetsOpen()
  return (
    <div className="claviger-with-facets" data-facets={facets ? choice : 'none'}>
      <div className="claviger-facets-side">{facets}</div>
      <div className={isUpdating ? 'claviger-busy' : undefined} aria-busy={isFetching}>
        {children}
      </div>
    </div>
  )
}

const pagesOf = ({ page, pageSize }: TableState, total = 0) => ({
  page,
  pages: Math.ceil(total / pageSize),
})

type Selection<T> = NonNullable<Props<T>['selection']>

const selectionOf = <T,>({ selected, isDisabled, onChange }: Selection<T>) => ({
  selectionType: 'multi' as const,
  selectedItems: selected,
  isItemDisabled: isDisabled,
  onSelectionChange: ({ detail }: { detail: TableProps.SelectionChangeDetail<T> }) =>
    onChange(detail.selectedItems),
})

const selectionLabels = <T,>(title: string, { labelOf }: Selection<T>) => ({
  selectionGroupLabel: `Choose ${title.toLowerCase()}`,
  allItemsSelectionLabel: () => 'Choose all on this page',
  itemSelectionLabel: (_: unknown, row: T) => labelOf(row),
})

/** The order of the rows as the address says it, and what another one changes there. */
const sortingOf = <T,>(
  columns: readonly TableProps.ColumnDefinition<T>[],
  { state: { sort }, change }: TableStateHook,
) => ({
  sortingColumn: columns.find(({ id }) => id === sort.column),
  sortingDescending: sort.direction === 'desc',
  onSortingChange: ({ detail }: { detail: TableProps.SortingState<T> }) =>
    change({
      sort: {
        column: detail.sortingColumn.sortingField ?? sort.column,
        direction: detail.isDescending ? 'desc' : 'asc',
      },
    }),
})

/** Why there are no rows: not read, behind the last one, none under the filter, or none at all. */
function NoRows({
  table: { state, change },
  total,
  isFetching,
  failure,
  onRetry,
  nothing,
}: Omit<Props<unknown>, 'cells' | 'trackBy' | 'selection'>) {
  if (failure)
    return (
      <RowsFailed
        header="This table could not be read"
        failure={failure}
        isRetrying={isFetching}
        onRetry={onRetry}
      />
    )
  if (total)
    return (
      <Hint title="This page is behind the last row">
        <Button onClick={() => change({ page: 1 })}>To the first page</Button>
      </Hint>
    )
  if (tokensOf(state.filter).length === 0) return nothing
  return (
    <Hint title="Nothing matches this filter">
      <Button onClick={() => change({ filter: noFilter })}>Clear the filter</Button>
    </Hint>
  )
}

export function Hint({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box textAlign="center" padding={{ vertical: 'l' }}>
      <SpaceBetween size="s">
        <Box variant="strong">{title}</Box>
        {children}
      </SpaceBetween>
    </Box>
  )
}
