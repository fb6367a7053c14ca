'use client'

import Header from '@cloudscape-design/components/header'
import type { TableProps } from '@cloudscape-design/components/table'
import { BoxTable } from '@/components/table/box-table'
import { Unknown } from '@/components/value/unknown'
import type { Storage, StoredTable } from '@/lib/settings/storage'

const units = ['bytes', 'kB', 'MB', 'GB', 'TB']

/** Three digits say enough of a size. */
function sizeText(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const value = bytes / 1_000 ** power
  return `${value.toLocaleString('en', { maximumSignificantDigits: 3 })} ${units[power]}`
}

const columns: TableProps.ColumnDefinition<StoredTable>[] = [
  { id: 'what', header: 'What', isRowHeader: true, minWidth: 180, cell: ({ what }) => what },
  { id: 'name', header: 'Table', minWidth: 150, cell: ({ name }) => name },
  {
    id: 'rows',
    header: 'Rows, about',
    minWidth: 110,
    cell: ({ rows }) =>
      rows === null ? (
        <Unknown why="PostgreSQL has not estimated them yet: it does after the first ANALYZE." />
      ) : (
        rows.toLocaleString('en', { maximumSignificantDigits: 3 })
      ),
  },
  { id: 'size', header: 'Size', minWidth: 100, cell: ({ bytes }) => sizeText(bytes) },
  { id: 'kept', header: 'Kept', minWidth: 220, cell: ({ kept }) => kept },
]

/** What the database holds, and how long. */
export function StorageTable({ storage: { bytes, tables } }: { storage: Storage }) {
  return (
    <BoxTable
      variant="container"
      trackBy="name"
      items={tables}
      columnDefinitions={columns}
      header={
        <Header
          variant="h2"
          description={
            `${sizeText(bytes)} in all; these are the largest tables, with their indexes. How long ` +
            'rows are kept is set by CLAVIGER_KEEP_… in the environment (.env.example).'
          }
        >
          Storage
        </Header>
      }
    />
  )
}
