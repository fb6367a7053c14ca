import { askingOf } from '@/app/(console)/grants/asking'
import { readGrantsOfKey } from '@/lib/grants/table'
import { keyTab } from '../key-page'
import { GrantsView } from './grants-view'

export default keyTab('grants', async (detail, permit) => (
  <GrantsView detail={detail} found={await readGrantsOfKey(permit, detail.key.arn)} asking={askingOf(permit.actor.assigned)} />
))
