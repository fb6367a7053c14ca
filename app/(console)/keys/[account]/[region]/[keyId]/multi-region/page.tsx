import { readFamily } from '@/lib/inventory/key-parts'
import { keyTab } from '../key-page'
import { MultiRegionView } from './multi-region-view'

export default keyTab('multi-region', 'keys.read', async (permit, key) => (
  <MultiRegionView detail={await readFamily(permit, key)} />
))
