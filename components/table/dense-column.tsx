import type { TableProps } from '@cloudscape-design/components/table'
import type { ReactNode } from 'react'
import './table.css'

/**
 * A column whose cells take two lines at most, so that a screen holds many rows; `isWhole` shows
 * all of every cell. On a phone a row is a card, where each cell says its column's name.
 */
export function denseColumn<T>(
  column: TableProps.ColumnDefinition<T> & { id: string; header: ReactNode },
  isWhole: boolean,
): TableProps.ColumnDefinition<T> {
  const label = typeof column.header === 'string' ? column.header : undefined
  return {
    minWidth: 56,
    ...column,
    cell: (row) => (
      <div
        className="claviger-cell"
        data-label={label}
        data-whole={isWhole ? '' : undefined}
        data-head={column.isRowHeader ? '' : undefined}
      >
        <div>{column.cell(row)}</div>
      </div>
    ),
  }
}
