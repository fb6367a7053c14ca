import { traits } from '@/lib/changes/kinds/untag/traits'
import { UntagField } from '../tag-fields'
import { textsOf } from '../typed'
import type { KindForm } from './form'

export const untagForm: KindForm = {
  ...traits,
  Fields: UntagField,
  toInput: ({ tagKeys }) => ({ tagKeys: [...tagKeys] }),
  fromInput: ({ tagKeys }) => ({ tagKeys: textsOf(tagKeys) }),
}
