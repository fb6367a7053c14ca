import { keyTab } from '../key-page'
import { PublicKeyView } from './public-key-view'

export default keyTab('public-key', 'keys.read', (_, key) => <PublicKeyView of={key} />)
