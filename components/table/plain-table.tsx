'use client'

import Box from '@cloudscape-design/components/box'
import { Moment } from '@/components/value/moment'
import type { TableAnswer } from '@/lib/table/answer'
import { propertyOf, type Property } from '@/lib/table/definition'
import { own } from '@/lib/own'
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
        cell: (row) => <Value of={row[column]} property={propertyOf(definition, column)} />,
      })}
      trackBy={(row) => row.id}
      wordOf={(value, facet) => sayWord(propertyOf(definition, facet), value)}
      notice={() => null}
      nothing={() => <Hint title={`There are no ${many} yet`}>{null}</Hint>}
    />
  )
}

const sayWord = (property: Property | null, value: string) =>
  own(property?.words ?? {}, value) ?? value

function Value({ of: value, property }: { of: unknown; property: Property | null }) {
  if (value === null || value === undefined || value === '')
    return <Box color="text-status-inactive">none</Box>
  if (property?.kind === 'date' && typeof value === 'string') return <Moment at={value} />
  if (typeof value === 'number') return value.toLocaleString('en')
  return Array.isArray(value) ? value.join(', ') : sayWord(property, String(value))
}
