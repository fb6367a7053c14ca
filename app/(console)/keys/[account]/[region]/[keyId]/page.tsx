import { scopeOf } from '@/lib/auth/permissions'
import { countOutOfBandOf } from '@/lib/changes/match/out-of-band-source'
import { readOverview } from '@/lib/inventory/key-parts'
import { keyTab } from './key-page'
import { OverviewView } from './overview-view'

export default keyTab('overview', 'keys.read', async (permit, key) => {
  const trail = scopeOf(permit.actor.assigned, 'trail.read')
  const [detail, outOfBand] = await Promise.all([
    readOverview(permit, key),
    trail && countOutOfBandOf(trail, key.arn),
  ])
  return <OverviewView detail={detail} outOfBand={outOfBand ?? 0} />
})
