import { sweepsSource } from '@/lib/accounts/sweeps-table'
import { tableRoute } from '@/lib/door/table'

export const GET = tableRoute('accounts.read', sweepsSource)
