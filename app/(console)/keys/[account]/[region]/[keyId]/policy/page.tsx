import { scopeOf } from '@/lib/auth/permissions'
import { keyTab } from '../key-page'
import { PolicyView } from './policy-view'

export default keyTab('policy', (detail, { actor }) => {
  const drafting = scopeOf(actor.assigned, 'drafts.write')
  const mayDraft = drafting !== null && (drafting.all || drafting.accountIds.includes(detail.key.accountId))
  return <PolicyView detail={detail} mayDraft={mayDraft} />
})
