import { traits } from '@/lib/changes/kinds/primary-update/traits'
import { PrimaryRegion } from '../region-fields'
import { textOf } from '../typed'
import type { KindForm } from './form'

export const primaryUpdateForm: KindForm = {
  ...traits,
  Fields: PrimaryRegion,
  toInput: ({ toRegion }) => ({ primaryRegion: toRegion }),
  fromInput: ({ primaryRegion }) => ({ toRegion: textOf(primaryRegion) }),
}
