import { keyTab } from '../key-page'
import { AccessView } from './access-view'

export default keyTab('access', (detail) => <AccessView detail={detail} />)
