import { keyTab } from '../key-page'
import { UsageView } from './usage-view'

export default keyTab('usage', 'trail.read', (_, key) => <UsageView of={key} />)
