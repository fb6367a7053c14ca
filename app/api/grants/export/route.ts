import { z } from 'zod'
import { route } from '@/lib/door/route'
import { AppError } from '@/lib/errors'
import { exportGrants } from '@/lib/grants/export'
import { toDownload } from '@/lib/table/download'
import { grantsTable } from '@/lib/table/grants'
import { parseTableState } from '@/lib/table/state'

const schema = z.looseObject({ format: z.enum(['csv', 'json']) })

/** Everything the table shows under this address, all pages of it, as a download. */
export const GET = route(
  'keys.export',
  schema,
  async (permit, { format, ...search }) => {
    const { state, problems } = parseTableState(grantsTable, search)
    if (problems.length > 0) throw new AppError('invalid', problems.join(' '))
    return toDownload(await exportGrants(permit, state, format), 'grants', format)
  },
  { budget: 'exports' },
)
