import { traits } from '@/lib/changes/kinds/deletion-cancel/traits'
import type { KindForm } from './form'

export const deletionCancelForm: KindForm = {
  ...traits,
  toInput: () => ({}),
}
