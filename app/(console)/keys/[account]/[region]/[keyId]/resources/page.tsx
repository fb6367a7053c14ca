import { readResourcesOfKey } from '@/lib/trail/bound/read-bound'
import { keyTab } from '../key-page'
import { ResourcesView } from './resources-view'

export default keyTab('resources', 'trail.read', async (permit, key) => (
  <ResourcesView keyArn={key.arn} found={await readResourcesOfKey(permit, key)} />
))
