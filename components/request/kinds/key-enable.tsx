import { traits } from '@/lib/changes/kinds/key-enable/traits'
import type { KindForm } from './form'

export const keyEnableForm: KindForm = {
  ...traits,
  toInput: () => ({}),
}
