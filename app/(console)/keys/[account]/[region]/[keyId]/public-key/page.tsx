import { keyTab } from '../key-page'
import { PublicKeyView } from './public-key-view'

export default keyTab('public-key', (detail) => <PublicKeyView detail={detail} />)
