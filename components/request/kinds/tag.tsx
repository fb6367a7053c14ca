import { traits } from '@/lib/changes/kinds/tag/traits'
import { TagFields } from '../tag-fields'
import { toPairs, toRecord } from '../typed'
import type { KindForm } from './form'

export const tagForm: KindForm = {
  ...traits,
  Fields: TagFields,
  toInput: ({ tags }) => ({ tags: toRecord(tags) }),
  fromInput: ({ tags }) => ({ tags: toPairs(tags) }),
}
