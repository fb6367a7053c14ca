import { z } from 'zod'
import { route } from '@/lib/door/route'
import { AppError } from '@/lib/errors'
import { exportKeys } from '@/lib/inventory/table/export-keys'
import { toDownload } from '@/lib/table/download'
import { keysTable } from '@/lib/table/keys'
import { parseTableState } from '@/lib/table/state'

const schema = z.looseObject({ format: z.enum(['csv', 'json']) })

/** Everything the table shows under this address, all pages of it, as a download. */
export const GET = route(
  'keys.export',
  schema,
  async (permit, { format, ...search }) => {
    const { state, problems } = parseTableState(keysTable, search)
    if (problems.length > 0) throw new AppError('invalid', problems.join(' '))
    return toDownload(await exportKeys(permit, state, format), 'keys', format)
  },
  { budget: 'exports' },
)
