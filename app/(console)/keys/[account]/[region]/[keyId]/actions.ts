'use server'

import { z } from 'zod'
import { action } from '@/lib/door/action'
import { refreshKey as askForRefresh } from '@/lib/inventory/refresh'

export const refreshKey = action(
  'keys.refresh',
  z.object({ arn: z.string().min(1).max(2048) }),
  (permit, { arn }) => askForRefresh(permit, arn),
)
