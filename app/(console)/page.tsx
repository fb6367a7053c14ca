import { page } from '@/lib/door/page'
import { getOverview } from '@/lib/inventory/overview'
import { failed } from './failed'
import { OverviewView } from './overview-view'

export default page('keys.read', async (permit) => <OverviewView overview={await getOverview(permit)} />, failed)
