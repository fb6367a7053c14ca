import { traits } from '@/lib/changes/kinds/grant-revoke/traits'
import { GrantIdField } from '../grant-id-fields'
import { textOf } from '../typed'
import type { KindForm } from './form'

export const grantRevokeForm: KindForm = {
  ...traits,
  Fields: GrantIdField,
  toInput: ({ grantId }) => ({ grantId: grantId.trim() }),
  fromInput: ({ grantId }) => ({ grantId: textOf(grantId) }),
}
