import { traits } from '@/lib/changes/kinds/grant-retire/traits'
import { GrantIdField } from '../grant-id-fields'
import { textOf } from '../typed'
import type { KindForm } from './form'

export const grantRetireForm: KindForm = {
  ...traits,
  Fields: GrantIdField,
  toInput: ({ grantId }) => ({ grantId: grantId.trim() }),
  fromInput: ({ grantId }) => ({ grantId: textOf(grantId) }),
}
