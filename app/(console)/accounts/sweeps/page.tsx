import { PlainTable } from '@/components/table/plain-table'
import { sweepsSource } from '@/lib/accounts/sweeps-table'
import { tablePage } from '../../table-page'

export const metadata = { title: 'Syncs' }

export default tablePage('accounts.read', sweepsSource, PlainTable, () => ({}))
