import { readMaterials } from '@/lib/inventory/key-parts'
import { keyTab } from '../key-page'
import { MaterialView } from './material-view'

export default keyTab('material', 'keys.read', async (permit, key) => (
  <MaterialView detail={await readMaterials(permit, key)} />
))
