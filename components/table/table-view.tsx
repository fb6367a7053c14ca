'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Pagination from '@cloudscape-design/components/pagination'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import type { ReactNode } from 'react'
import { columnOf, type TableDefinition } from '@/lib/table/definition'
import { tokensOf, noFilter } from '@/lib/table/filter'
import type { Failure } from '@/lib/result'
import { denseColumn } from './dense-column'
import { SortField } from './sort-field'
import { TablePreferences } from './table-preferences'
import { useFacetsOpen } from './use-facets-open'
import type { TableStateHook } from './use-table-state'
import './table.css'

export type Cells<T> = (
  column: string,
) => Pick<TableProps.ColumnDefinition<T>, 'cell'> & Partial<TableProps.ColumnDefinition<T>>
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
export function TableView<T>({
  definition,
  table,
  title,
  description,
  rows,
  total,
  isFetching,
  failure,
  onRetry,
  cells,
  trackBy,
  filter,
  facets,
  actions,
  nothing,
  selection,
}: Props<T>) {
  const { state, change } = table
  const { choice, isOpen, choose } = useFacetsOpen()
  const ids = [...new Set([...definition.columns.map((column) => column.id), ...state.columns])]
  const columns = ids.map((id): TableProps.ColumnDefinition<T> => {
    const column = columnOf(definition, id)
    const sortingField = column?.sortable ? id : undefined
    return denseColumn(
      { id, header: column?.label ?? id, sortingField, width: column?.width ?? 100, ...cells(id) },
      state.wrap,
    )
  })
  const hidden = ids.filter((id) => !state.columns.includes(id))
  const isFiltered = tokensOf(state.filter).length > 0
  return (
    <div className="claviger-with-facets" data-facets={facets ? choice : 'none'}>
      <div className="claviger-facets-side">{facets}</div>
      <div
        className={`claviger-dense${isFetching && rows ? ' claviger-busy' : ''}`}
        aria-busy={isFetching}
      >
        <Table<T>
          variant="container"
          contentDensity="compact"
          stickyHeader
          resizableColumns
          items={failure ? [] : (rows ?? [])}
          trackBy={trackBy}
          {...(selection
            ? {
                selectionType: 'multi' as const,
                selectedItems: selection.selected,
                isItemDisabled: selection.isDisabled,
                onSelectionChange: ({ detail }: { detail: TableProps.SelectionChangeDetail<T> }) =>
                  selection.onChange(detail.selectedItems),
              }
            : {})}
          columnDefinitions={columns}
          columnDisplay={[
            ...state.columns.map((id) => ({ id, visible: true })),
            ...hidden.map((id) => ({ id, visible: false })),
          ]}
          wrapLines={state.wrap}
          loading={!rows && !failure}
          loadingText={`Reading ${title.toLowerCase()}`}
          sortingColumn={columns.find((column) => column.id === state.sort.column)}
          sortingDescending={state.sort.direction === 'desc'}
          onSortingChange={({ detail }) =>
            change({
              sort: {
                column: detail.sortingColumn.sortingField ?? state.sort.column,
                direction: detail.isDescending ? 'desc' : 'asc',
              },
            })
          }
          ariaLabels={{
            ...(selection
              ? {
                  selectionGroupLabel: `Choose ${title.toLowerCase()}`,
                  allItemsSelectionLabel: () => 'Choose all on this page',
                  itemSelectionLabel: (_: unknown, row: T) => selection.labelOf(row),
                }
              : {}),
            tableLabel: title,
            resizerRoleDescription: 'Resize',
            activateEditLabel: () => '',
            cancelEditLabel: () => '',
            submitEditLabel: () => '',
          }}
          header={
            <Header
              variant="awsui-h1-sticky"
              description={description}
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  {facets && (
                    <Button ariaExpanded={isOpen} onClick={() => choose(!isOpen)}>
                      {isOpen ? 'Hide counts' : 'Counts'}
                    </Button>
                  )}
                  {actions}
                </SpaceBetween>
              }
              counter={
                total === undefined || failure ? undefined : `(${total.toLocaleString('en')})`
              }
              info={
                isFetching && rows ? (
                  <StatusIndicator type="loading">Updating</StatusIndicator>
                ) : undefined
              }
            >
              {title}
            </Header>
          }
          filter={
            <>
              {filter}
              <SortField
                definition={definition}
                sort={state.sort}
                onChange={(sort) => change({ sort })}
              />
            </>
          }
          pagination={
            <Pagination
              currentPageIndex={state.page}
              pagesCount={Math.max(1, Math.ceil((total ?? 0) / state.pageSize))}
              disabled={!rows}
              onChange={({ detail }) => change({ page: detail.currentPageIndex })}
              ariaLabels={{
                nextPageLabel: 'Next page',
                previousPageLabel: 'Previous page',
                pageLabel: (page) => `Page ${page}`,
                paginationLabel: `Pages of ${title.toLowerCase()}`,
              }}
            />
          }
          preferences={<TablePreferences definition={definition} state={state} onChange={change} />}
          empty={
            failure ? (
              <Failed failure={failure} onRetry={onRetry} isRetrying={isFetching} />
            ) : (
              emptyOf({ isFiltered, total, nothing, table })
            )
          }
        />
      </div>
    </div>
  )
}

function Failed({
  failure,
  onRetry,
  isRetrying,
}: {
  failure: Failure
  onRetry(): void
  isRetrying: boolean
}) {
  return (
    <div data-failure={failure.code} style={{ textAlign: 'start' }}>
      <Alert
        type="error"
        header="This table could not be read"
        action={
          <Button onClick={onRetry} loading={isRetrying}>
            Try again
          </Button>
        }
      >
        {failure.message}
        {failure.ref && !failure.message.includes(failure.ref) && (
          <Box variant="small">Reference {failure.ref}</Box>
        )}
      </Alert>
    </div>
  )
}

function emptyOf({
  isFiltered,
  total,
  nothing,
  table,
}: {
  isFiltered: boolean
  total: number | undefined
  nothing: ReactNode
  table: TableStateHook
}) {
  if (total) {
    return (
      <Hint title="This page is behind the last row">
        <Button onClick={() => table.change({ page: 1 })}>To the first page</Button>
      </Hint>
    )
  }
  if (!isFiltered) return nothing
  return (
    <Hint title="Nothing matches this filter">
      <Button onClick={() => table.change({ filter: noFilter })}>Clear the filter</Button>
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
