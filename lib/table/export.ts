import { own } from '../own'
import { csvLine } from './csv'
import {
  columnOf,
  known,
  type Cell,
  type CellValue,
  type Field,
  type TableDefinition,
} from './definition'
import { jsonArray, type ExportFormat } from './download'

/** What a table is in a file: which cells, and what names a row before them. */
export type ExportShape<Row> = {
  table: TableDefinition & { fields: Readonly<Record<string, { label: string; cell?: unknown }>> }
  cellOf(row: Row, column: string): Cell
  identity: readonly { label: string; name: string; of(row: Row): string }[]
  /** What stands between the members of a list in one CSV field. */
  between: string
  /** What only the JSON tells of a row, after its columns. */
  more?(row: Row): Readonly<Record<string, unknown>>
}

/** The rows of these batches with these columns, piece by piece. Unknown is a word here too. */
export function exportRows<Row>(
  shape: ExportShape<Row>,
  format: ExportFormat,
  columns: readonly string[],
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string, undefined> {
  const names = new Set(shape.identity.map(({ name }) => name))
  const shown = columns.filter(
    (column) =>
      !names.has(column) &&
      (!Object.hasOwn(shape.table.fields, column) || shape.table.fields[column]?.cell),
  )
  return format === 'csv'
    ? csvRows(shape, shown, batches)
    : jsonArray(batches, (row) => toObject(shape, row, shown))
}

async function* csvRows<Row>(
  { table, cellOf, identity, between }: ExportShape<Row>,
  columns: readonly string[],
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string, undefined> {
  const fieldOf = ({ value, unknown }: Cell) =>
    unknown === null ? toText(value, between) : 'unknown'
  yield csvLine([
    ...identity.map(({ label }) => label),
    ...columns.map((column) => columnOf(table, column)?.label ?? column),
  ])
  for await (const rows of batches)
    yield rows
      .map((row) =>
        csvLine([
          ...identity.map(({ of }) => of(row)),
          ...columns.map((column) => fieldOf(cellOf(row, column))),
        ]),
      )
      .join('')
}

/** One object a row; what is unknown is null with its reason under `unknown`. */
function toObject<Row>(shape: ExportShape<Row>, row: Row, columns: readonly string[]) {
  const cells = columns.map((column) => [column, shape.cellOf(row, column)] as const)
  const reasons = cells.flatMap(([column, { unknown }]) =>
    unknown === null ? [] : [[column, unknown] as const],
  )
  return {
    ...Object.fromEntries(shape.identity.map(({ name, of }) => [name, of(row)])),
    ...Object.fromEntries(cells.map(([column, { value }]) => [column, value])),
    ...(reasons.length > 0 ? { unknown: Object.fromEntries(reasons) } : {}),
    ...shape.more?.(row),
  }
}

const isNamed = (value: object): value is { id: string; name: string } =>
  'id' in value && 'name' in value
const isList = (value: object): value is readonly string[] => Array.isArray(value)

function toText(value: CellValue, between: string): string | number | null {
  if (value === null || typeof value !== 'object') return value
  if (isList(value)) return value.join(between)
  return isNamed(value) ? `${value.name} (${value.id})` : JSON.stringify(value)
}

/** The cell of a table whose fields say it themselves. */
export const cellOfFields =
  <Row>(fields: Readonly<Record<string, Pick<Field<Row>, 'label' | 'cell'>>>) =>
  (row: Row, column: string): Cell =>
    own(fields, column)?.cell?.(row) ?? known(null)
