import { traits } from '@/lib/changes/kinds/grant-adopt/traits'
import { AdoptFields } from '../grant-id-fields'
import { textOf } from '../typed'
import type { KindForm } from './form'

export const grantAdoptForm: KindForm = {
  ...traits,
  Fields: AdoptFields,
  toInput: ({ grantId, owner, reason }) => ({ grantId: grantId.trim(), owner, reason }),
  fromInput: ({ grantId, owner, reason }) => ({
    grantId: textOf(grantId),
    owner: textOf(owner),
    reason: textOf(reason),
  }),
}
