'use client'

import Box from '@cloudscape-design/components/box'
import { Moment } from '@/components/value/moment'
import type { TableAnswer } from '@/lib/table/answer'
import type { TableDefinition } from '@/lib/table/definition'
import { ResourceTable, type TableProps } from './resource-table'
import { Hint } from './table-view'

type PlainRow = Readonly<Record<string, unknown>> & { id: string }

/** A table that needs no view of its own: each column shows the row's value of its name. */
export function PlainTable(props: TableProps<TableAnswer<PlainRow>>) {
  const { definition } = props
  const [, many] = definition.noun
  return (
    <ResourceTable
      {...props}
      description={null}
      placeholder={`Filter ${many} by any property or text`}
      cells={(column) => ({
        isRowHeader: column === definition.defaultColumns[0],
        cell: (row) => <Value of={row[column]} kind={kindOf(definition, column)} />,
      })}
      trackBy={(row) => row.id}
      wordOf={(value) => value}
      notice={() => null}
      nothing={() => <Hint title={`There are no ${many} yet`}>{null}</Hint>}
    />
  )
}

const kindOf = ({ properties }: TableDefinition, column: string) =>
  Object.hasOwn(properties, column) ? properties[column]?.kind : undefined

function Value({ of: value, kind }: { of: unknown; kind: string | undefined }) {
  if (value === null || value === undefined || value === '')
    return <Box color="text-status-inactive">none</Box>
  if (kind === 'date' && typeof value === 'string') return <Moment at={value} />
  if (typeof value === 'number') return value.toLocaleString('en')
  return Array.isArray(value) ? value.join(', ') : String(value)
}
