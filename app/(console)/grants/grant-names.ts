import type { GrantsRow } from '@/lib/grants/row'

export const granteeOf = (row: GrantsRow): string =>
  row.granteePrincipal ?? row.granteeServicePrincipal ?? 'an unknown grantee'

/** The key of a grant by its first alias, or by its id. */
export const keyNameOf = (row: GrantsRow): string => row.alias?.replace(/^alias\//, '') ?? row.keyId
