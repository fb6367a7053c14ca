import { page } from '@/lib/door/page'
import { failed } from '../../failed'
import { CompareView } from './compare-view'

export const metadata = { title: 'Compare access' }

export default page('access.read', async () => <CompareView />, failed)
