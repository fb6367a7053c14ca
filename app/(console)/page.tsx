import { page } from '@/lib/door/page'
import { readOverview } from '@/lib/overview/read'
import { failed } from './failed'
import { OverviewView } from './overview-view'

export default page('keys.read', async (permit) => <OverviewView overview={await readOverview(permit)} />, failed)
