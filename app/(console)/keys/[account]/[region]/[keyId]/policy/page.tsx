import { keyTab } from '../key-page'
import { PolicyView } from './policy-view'

export default keyTab('policy', (detail) => <PolicyView detail={detail} />)
