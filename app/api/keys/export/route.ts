import { z } from 'zod'
import { route } from '@/lib/door/route'
import { exportKeys } from '@/lib/inventory/table/export-keys'
import { keysTable } from '@/lib/table/keys'
import { AppError } from '@/lib/errors'
import { parseTableState } from '@/lib/table/state'

const schema = z.looseObject({ format: z.enum(['csv', 'json']) })
const types = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8' } as const

/** Everything the table shows under this address, all pages of it, as a download. */
export const GET = route('keys.export', schema, async (permit, { format, ...search }) => {
  const { state, problems } = parseTableState(keysTable, search)
  if (problems.length > 0) throw new AppError('invalid', problems.join(' '))
  return new Response(await exportKeys(permit, state, format), {
    headers: { 'content-type': types[format], 'content-disposition': `attachment; filename="keys.${format}"`, 'cache-control': 'private, no-store' },
  })
})
