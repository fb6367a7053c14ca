import { z } from 'zod'
import { exportExternal } from '@/lib/access/export-external'
import { route } from '@/lib/door/route'
import { AppError } from '@/lib/errors'
import { toDownload } from '@/lib/table/download'
import { externalTable } from '@/lib/table/external'
import { parseTableState } from '@/lib/table/state'

const schema = z.looseObject({ format: z.enum(['csv', 'json']) })

/** Everything the table shows under this address, all pages of it, as a download. */
export const GET = route(
  'keys.export',
  schema,
  async (permit, { format, ...search }) => {
    const { state, problems } = parseTableState(externalTable, search)
    if (problems.length > 0) throw new AppError('invalid', problems.join(' '))
    return toDownload(await exportExternal(permit, state, format), 'external-access', format)
  },
  { budget: 'exports' },
)
