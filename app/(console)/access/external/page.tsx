import { listExternalAccess } from '@/lib/access/external-read'
import { page } from '@/lib/door/page'
import { scopeOf } from '@/lib/auth/permissions'
import { failed } from '../../failed'
import { ExternalView } from './external-view'

export const metadata = { title: 'External access' }

export default page('access.read', async (permit) => {
  const review = scopeOf(permit.actor.assigned, 'external.review')
  return <ExternalView first={await listExternalAccess(permit)} mayReview={review === null ? [] : review.all ? 'all' : review.accountIds} />
}, failed)
