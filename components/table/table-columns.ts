import type { TableProps } from '@cloudscape-design/components/table'
import { columnOf, type TableDefinition } from '@/lib/table/definition'
import type { TableState } from '@/lib/table/state'

/** How a table shows each of its columns. */
export type Cells<T> = (
  column: string,
) => Pick<TableProps.ColumnDefinition<T>, 'cell'> & Partial<TableProps.ColumnDefinition<T>>

/** The columns of a table as its address shows and orders them. */
export function columnsOf<T>(
  definition: TableDefinition,
  { columns }: Pick<TableState, 'columns'>,
  cells: Cells<T>,
) {
  const ids = [...new Set([...definition.columns.map(({ id }) => id), ...columns])]
  return {
    columnDefinitions: ids.map((id) => {
      const column = columnOf(definition, id)
      const sortingField = column?.sortable ? id : undefined
      const header = column?.label ?? id
      return { id, header, sortingField, width: column?.width ?? 100, ...cells(id) }
    }),
    columnDisplay: displayOf(definition, columns),
  }
}

/** Every column: those that are shown, in their order, then the others. */
export const displayOf = (definition: TableDefinition, shown: readonly string[]) => [
  ...shown.map((id) => ({ id, visible: true })),
  ...definition.columns
    .filter(({ id }) => !shown.includes(id))
    .map(({ id }) => ({ id, visible: false })),
]

/** What the kit wants to say about columns; no table here has cells to edit. */
export const columnLabels = {
  resizerRoleDescription: 'Resize',
  activateEditLabel: () => '',
  cancelEditLabel: () => '',
  submitEditLabel: () => '',
}
