import { page } from '@/lib/door/page'
import { getOverview } from '@/lib/inventory/overview'
import { readFourEyes } from '@/lib/settings/four-eyes'
import { failed } from './failed'
import { OverviewView } from './overview-view'

export default page('keys.read', async (permit) => {
  const [overview, fourEyes] = await Promise.all([getOverview(permit), readFourEyes(permit)])
  return <OverviewView overview={overview} fourEyes={fourEyes} />
}, failed)
