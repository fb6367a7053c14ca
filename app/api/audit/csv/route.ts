import { z } from 'zod'
import { exportTable, toResponse } from '@/lib/audit/export'
import { route } from '@/lib/door/route'
import { AppError } from '@/lib/errors'
import { auditTable } from '@/lib/audit/audit-table'
import { parseTableState } from '@/lib/table/state'

/** What the table shows under this address, all pages of it; no proof, and it says so. */
export const GET = route(
  'audit.export',
  z.looseObject({}),
  async (permit, search) => {
    const { state, problems } = parseTableState(auditTable, search)
    if (problems.length > 0) throw new AppError('invalid', problems.join(' '))
    return toResponse(await exportTable(permit, state))
  },
  { budget: 'exports' },
)
