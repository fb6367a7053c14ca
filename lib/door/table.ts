import 'server-only'
import { z } from 'zod'
import type { Permission } from '../auth/permissions'
import { AppError } from '../errors'
import type { TableDefinition } from '../table/definition'
import { toDownload } from '../table/download'
import { parseTableState } from '../table/state'
import { readTable, type TableDownload, type TableSource } from '../table-source/source'
import { route } from './route'
import type { MadeOf } from '../auth/unchanged'

type Handler = (...asked: Parameters<ReturnType<typeof route>>) => Promise<Response>

/**
 * The handler of a table: its rows as its page shows them; with `?format=csv` or `json` all of its
 * pages as a download, under the permission and the budget of exports. `madeOf`: of the rows.
 */
export function tableRoute<P extends Permission, Row, More>(
  permission: P,
  source: TableSource<P, Row, More>,
  { madeOf }: { madeOf?: MadeOf<P> } = {},
): Handler & { madeOf?: MadeOf<P> } {
  const rows = route(
    permission,
    z.record(z.string(), z.unknown()),
    (permit, search) => readTable(source, permit, search),
    { madeOf },
  )
  const file = source.download ? downloadOf(source.definition, source.download) : rows
  const handler: Handler = (request, context) =>
    (new URL(request.url).searchParams.has('format') ? file : rows)(request, context)
  return Object.assign(handler, { madeOf })
}

const downloadOf = (definition: TableDefinition, { fileName, rows }: TableDownload): Handler =>
  route(
    'keys.export',
    z.looseObject({ format: z.enum(['csv', 'json']) }),
    async (permit, { format, ...search }) => {
      const { state, problems } = parseTableState(definition, search)
      if (problems.length > 0) throw new AppError('invalid', problems.join(' '))
      return toDownload(await rows(permit, state, format), fileName, format)
    },
    { budget: 'exports' },
  )
