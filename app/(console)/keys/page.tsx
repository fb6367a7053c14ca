import { scopeOf } from '@/lib/auth/permissions'
import { keysSource } from '@/lib/inventory/table/keys-source'
import { tablePage } from '../table-page'
import { KeysView } from './keys-view'

export const metadata = { title: 'Keys' }

export default tablePage('keys.read', keysSource, KeysView, (assigned) => ({
  mayRequest: scopeOf(assigned, 'requests.create') !== null,
}))
