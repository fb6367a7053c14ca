import { traits } from '@/lib/changes/kinds/policy-put/traits'
import { PolicyFields } from '../policy-fields'
import { textOf } from '../typed'
import type { KindForm } from './form'

export const policyPutForm: KindForm = {
  ...traits,
  Fields: PolicyFields,
  toInput: ({ policy, draftId }) => ({ policy, draftId }),
  fromInput: ({ policy, draftId }) => ({
    policy: textOf(policy),
    draftId: textOf(draftId) || null,
  }),
  hasOwnContainers: true,
  begin: ({ policy, draftId }) => ({ policy, draftId }),
}
