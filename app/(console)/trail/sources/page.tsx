import { page } from '@/lib/door/page'
import { listSources } from '@/lib/trail/sources'
import { failed } from '../../failed'
import { SourcesView } from './sources-view'

export const metadata = { title: 'Trail sources' }

export default page(
  'trail.read',
  async (permit) => <SourcesView initial={await listSources(permit)} />,
  failed,
)
