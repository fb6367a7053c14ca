import { reachesAccount, scopeOf } from '@/lib/auth/permissions'
import { readPolicy } from '@/lib/inventory/key-parts'
import { keyTab } from '../key-page'
import { PolicyView } from './policy-view'

export default keyTab('policy', 'keys.read', async (permit, key) => {
  const drafting = scopeOf(permit.actor.assigned, 'drafts.write')
  const mayDraft = reachesAccount(drafting, key.accountId)
  return <PolicyView detail={await readPolicy(permit, key)} mayDraft={mayDraft} />
})
