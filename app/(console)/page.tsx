import { page } from '@/lib/door/page'
import { readOverview } from '@/lib/overview/read'
import { readFourEyes } from '@/lib/settings/four-eyes'
import { failed } from './failed'
import { OverviewView } from './overview-view'

export default page(
  'keys.read',
  async (permit) => {
    const [overview, fourEyes] = await Promise.all([readOverview(permit), readFourEyes(permit)])
    return <OverviewView overview={overview} fourEyes={fourEyes} />
  },
  failed,
)
