import { readExternalPage } from '@/lib/access/external-read'
import { scopeOf } from '@/lib/auth/permissions'
import { page } from '@/lib/door/page'
import { listViews } from '@/lib/views/views'
import { failed } from '../../failed'
import { ExternalView } from './external-view'

export const metadata = { title: 'External access' }

export default page(
  'access.read',
  async (permit, { search }) => {
    const [first, views] = await Promise.all([
      readExternalPage(permit, search),
      listViews(permit, 'external'),
    ])
    const { assigned } = permit.actor
    const review = scopeOf(assigned, 'external.review')
    return (
      <ExternalView
        first={first}
        views={views}
        mayExport={scopeOf(assigned, 'keys.export') !== null}
        mayReview={review === null ? [] : review.all ? 'all' : review.accountIds}
      />
    )
  },
  failed,
)
