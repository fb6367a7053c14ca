import { keyTab } from '../key-page'
import { MaterialView } from './material-view'

export default keyTab('material', (detail) => <MaterialView detail={detail} />)
