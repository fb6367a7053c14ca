import { scopeOf } from '@/lib/auth/permissions'
import { outOfBandSource } from '@/lib/changes/match/out-of-band-source'
import { tablePage } from '../../table-page'
import { OutOfBandView } from './out-of-band-view'

export const metadata = { title: 'Out of band' }

export default tablePage('trail.read', outOfBandSource, OutOfBandView, (assigned) => ({
  reviews: scopeOf(assigned, 'outOfBand.review'),
  requests: scopeOf(assigned, 'requests.create'),
}))
