import { traits } from '@/lib/changes/kinds/description/traits'
import { DescriptionField } from '../tag-fields'
import { textOf } from '../typed'
import type { KindForm } from './form'

export const descriptionForm: KindForm = {
  ...traits,
  Fields: DescriptionField,
  toInput: ({ description }) => ({ description }),
  fromInput: ({ description }) => ({ description: textOf(description) }),
  begin: ({ description }) => ({ description }),
}
