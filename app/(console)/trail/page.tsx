import { eventsSource } from '@/lib/trail/read'
import { tablePage } from '../table-page'
import { TrailView } from './trail-view'

export const metadata = { title: 'Trail' }

export default tablePage('trail.read', eventsSource, TrailView, () => ({}))
