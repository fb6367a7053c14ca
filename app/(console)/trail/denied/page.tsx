import { page } from '@/lib/door/page'
import { failed } from '../../failed'
import { DeniedView } from './denied-view'

export const metadata = { title: 'Denied calls' }

export default page('trail.read', async () => <DeniedView />, failed)
