import { keyTab } from '../key-page'
import { GrantsView } from './grants-view'

export default keyTab('grants', (detail) => <GrantsView detail={detail} />)
