import type { ComponentType } from 'react'
import type { TableProps } from '@/components/table/resource-table'
import { scopeOf, type Permission } from '@/lib/auth/permissions'
import type { Actor } from '@/lib/auth/permit'
import { page } from '@/lib/door/page'
import type { TableDefinition } from '@/lib/table/definition'
import type { TableAnswer } from '@/lib/table/answer'
import { listViews } from '@/lib/views/views'
import { readTable, type TableSource } from '@/lib/table-source/source'
import { failed } from './failed'
import { deleteTableView, saveTableView } from './views/actions'

/**
 * The page of a table: its first rows, the views of it and whether they can be downloaded, given to
 * its view. `more` is what else the view needs to know of who looks.
 */
export const tablePage = <P extends Permission, Row, Extra, More extends object>(
  permission: P,
  source: TableSource<P, Row, Extra>,
  View: ComponentType<TableProps<TableAnswer<Row> & Extra> & More>,
  more: (assigned: Actor['assigned']) => More,
) =>
  page(
    permission,
    async (permit, { search }) => {
      const [first, list] = await Promise.all([
        readTable(source, permit, search),
        listViews(permit, source.definition.name),
      ])
      const { assigned } = permit.actor
      const definition = toShared(source.definition)
      const mayExport = source.download !== undefined && scopeOf(assigned, 'keys.export') !== null
      const views = { list, save: saveTableView, remove: deleteTableView }
      const table = { definition, first, views, mayExport }
      return <View {...more(assigned)} {...table} />
    },
    failed,
  )

/** A definition without its fields: their cells are functions, which cannot leave the server. */
const toShared = ({
  fields: _,
  ...definition
}: TableDefinition & { fields?: unknown }): TableDefinition => definition
