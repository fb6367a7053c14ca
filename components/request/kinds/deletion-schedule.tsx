import { traits } from '@/lib/changes/kinds/deletion-schedule/traits'
import { WaitingPeriod } from '../number-fields'
import { textOf, toNumber } from '../typed'
import { blankValues } from '../values'
import type { KindForm } from './form'

export const deletionScheduleForm: KindForm = {
  ...traits,
  Fields: WaitingPeriod,
  toInput: ({ pendingWindowInDays: days }) => ({ pendingWindowInDays: toNumber(days) }),
  fromInput: ({ pendingWindowInDays: days }) => ({
    pendingWindowInDays: textOf(days) || blankValues.pendingWindowInDays,
  }),
}
