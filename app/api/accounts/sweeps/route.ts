import { sweepsSource } from '@/lib/accounts/sweeps-table'
import { tableRoute } from '@/lib/door/table'

/** What was read of AWS, as its page shows it or as a download. */
export const GET = tableRoute('accounts.read', sweepsSource, {
  madeOf: { tables: ['Account', 'Sweep'], atMostSeconds: 60 },
})
