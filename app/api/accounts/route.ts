import { z } from 'zod'
import { listAccounts, listRunningSweeps } from '@/lib/accounts/read'
import { route } from '@/lib/door/route'

/** Every account, and what is being read of them. */
export const GET = route(
  'accounts.read',
  z.object({}),
  async (permit) => {
    const [accounts, sweeps] = await Promise.all([listAccounts(permit), listRunningSweeps(permit)])
    return { accounts, ...sweeps }
  },
  {
    madeOf: { tables: ['Account', 'AccountRegion', 'Coverage', 'Key', 'Sweep'], atMostSeconds: 60 },
  },
)
