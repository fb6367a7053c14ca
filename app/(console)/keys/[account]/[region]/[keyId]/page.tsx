import { readOverview } from '@/lib/inventory/key-parts'
import { keyTab } from './key-page'
import { OverviewView } from './overview-view'

export default keyTab('overview', 'keys.read', async (permit, key) => (
  <OverviewView detail={await readOverview(permit, key)} />
))
