import { roleNames } from '@/lib/auth/role-names'
import type { AccountName } from '@/lib/settings/read'
import type { StandInRow } from '@/lib/settings/stand-ins'
import { scopeText } from '../role-tokens'

/** "as Approver in every account" */
export function rightsText(rights: StandInRow['rights'], accounts: readonly AccountName[]): string {
  if (rights.length === 0) return 'nothing: no role that decides'
  return rights
    .map(({ role, accountId }) => `as ${roleNames[role]} in ${scopeText(accountId, accounts)}`)
    .join('; ')
}
