import { traits } from '@/lib/changes/kinds/description-clear/traits'
import type { KindForm } from './form'

export const descriptionClearForm: KindForm = {
  ...traits,
  toInput: () => ({}),
}
