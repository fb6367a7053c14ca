import { traits } from '@/lib/changes/kinds/rotate-now/traits'
import type { KindForm } from './form'

export const rotateNowForm: KindForm = {
  ...traits,
  toInput: () => ({}),
}
