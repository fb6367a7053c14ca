import { traits } from '@/lib/changes/kinds/rotation-enable/traits'
import { PeriodField } from '../number-fields'
import { textOf, toNumber } from '../typed'
import { blankValues } from '../values'
import type { KindForm } from './form'

export const rotationEnableForm: KindForm = {
  ...traits,
  Fields: PeriodField,
  toInput: ({ rotationPeriodInDays: days }) => ({ rotationPeriodInDays: toNumber(days) }),
  fromInput: ({ rotationPeriodInDays: days }) => ({
    rotationPeriodInDays: textOf(days) || blankValues.rotationPeriodInDays,
  }),
}
