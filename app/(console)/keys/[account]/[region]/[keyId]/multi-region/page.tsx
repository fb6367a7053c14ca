import { keyTab } from '../key-page'
import { MultiRegionView } from './multi-region-view'

export default keyTab('multi-region', (detail) => <MultiRegionView detail={detail} />)
