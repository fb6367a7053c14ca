import { keyTab } from '../key-page'
import { AccessView } from './access-view'

export default keyTab('access', 'access.read', (_, key) => <AccessView of={key} />)
