import { askingOf } from '@/app/(console)/grants/asking'
import { readGrantsOfKey } from '@/lib/grants/rows'
import { keyTab } from '../key-page'
import { GrantsView } from './grants-view'

export default keyTab('grants', 'grants.read', async (permit, key) => {
  const found = await readGrantsOfKey(permit, key.arn)
  return <GrantsView of={key} found={found} asking={askingOf(permit.actor.assigned)} />
})
