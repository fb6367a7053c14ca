import type { TableProps } from '@cloudscape-design/components/table'
import './table.css'

/**
 * A column whose cells become lines of a card on a phone, where each says its column's name. In a
 * dense table they take two lines at most, so that a screen holds many rows; `isWhole` shows all
 * of every cell.
 */
export function cardColumn<T>(
  column: TableProps.ColumnDefinition<T>,
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
