import { reachesAccount, scopeOf } from '@/lib/auth/permissions'
import { readPolicyMakers } from '@/lib/changes/match/policy-makers'
import { readPolicy } from '@/lib/inventory/key-parts'
import { keyTab } from '../key-page'
import { PolicyView } from './policy-view'

export default keyTab('policy', 'keys.read', async (permit, key) => {
  const { assigned } = permit.actor
  const mayDraft = reachesAccount(scopeOf(assigned, 'drafts.write'), key.accountId)
  const detail = await readPolicy(permit, key)
  const makers = reachesAccount(scopeOf(assigned, 'trail.read'), key.accountId)
    ? await readPolicyMakers(key.arn, detail.policyVersions)
    : {}
  return <PolicyView detail={detail} makers={makers} mayDraft={mayDraft} />
})
