import { grantsSource } from '@/lib/grants/grants-source'
import { tablePage } from '../table-page'
import { askingOf } from './asking'
import { GrantsView } from './grants-view'

export const metadata = { title: 'Grants' }

export default tablePage('grants.read', grantsSource, GrantsView, (assigned) => ({
  asking: askingOf(assigned),
}))
