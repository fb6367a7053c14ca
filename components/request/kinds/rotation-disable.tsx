import { traits } from '@/lib/changes/kinds/rotation-disable/traits'
import type { KindForm } from './form'

export const rotationDisableForm: KindForm = {
  ...traits,
  toInput: () => ({}),
}
