import { externalSource } from '@/lib/access/external-source'
import { scopeOf } from '@/lib/auth/permissions'
import { tablePage } from '../../table-page'
import { ExternalView } from './external-view'

export const metadata = { title: 'External access' }

export default tablePage('access.read', externalSource, ExternalView, (assigned) => ({
  reviews: scopeOf(assigned, 'external.review'),
}))
