import { traits } from '@/lib/changes/kinds/key-disable/traits'
import type { KindForm } from './form'

export const keyDisableForm: KindForm = {
  ...traits,
  toInput: () => ({}),
}
