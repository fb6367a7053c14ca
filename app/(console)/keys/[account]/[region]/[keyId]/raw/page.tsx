import { keyTab } from '../key-page'
import { RawView } from './raw-view'

export default keyTab('raw', (detail) => <RawView detail={detail} />)
