import { traits } from '@/lib/changes/kinds/quota-increase/traits'
import { QuotaFields } from '../number-fields'
import { textOf, toNumber } from '../typed'
import type { KindForm } from './form'

export const quotaIncreaseForm: KindForm = {
  ...traits,
  Fields: QuotaFields,
  toInput: ({ quotaCode, desiredValue }) => ({
    quotaCode,
    desiredValue: toNumber(desiredValue),
  }),
  fromInput: ({ quotaCode, desiredValue }) => ({
    quotaCode: textOf(quotaCode),
    desiredValue: textOf(desiredValue),
  }),
}
