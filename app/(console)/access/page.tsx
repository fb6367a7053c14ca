import { page } from '@/lib/door/page'
import { failed } from '../failed'
import { AskView } from './ask-view'

export const metadata = { title: 'Check access' }

export default page('access.read', async () => <AskView />, failed)
