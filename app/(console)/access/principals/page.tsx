import { page } from '@/lib/door/page'
import { failed } from '../../failed'
import { PrincipalView } from './principal-view'

export const metadata = { title: 'Access by principal' }

export default page('access.read', async () => <PrincipalView />, failed)
