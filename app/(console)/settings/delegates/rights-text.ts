import { roleNames } from '@/lib/auth/role-names'
import type { AccountName } from '@/lib/settings/read'
import type { DelegateRow } from '@/lib/settings/delegates'
import { scopeText } from '../role-tokens'

/** "as Approver in every account" */
export function rightsText(
  rights: DelegateRow['rights'],
  accounts: readonly AccountName[],
): string {
  if (rights.length === 0) return 'nothing: no role that decides'
  return rights
    .map(({ role, accountId }) => `as ${roleNames[role]} in ${scopeText(accountId, accounts)}`)
    .join('; ')
}
