'use client'

import DateRangePicker, {
  type DateRangePickerProps,
} from '@cloudscape-design/components/date-range-picker'
import type { DayRange } from '@/lib/trail/usage/chart'

const relative = [7, 30, 90, 365].map((amount) => ({
  key: String(amount),
  amount,
  unit: 'day' as const,
  type: 'relative' as const,
}))
const dayMs = 86_400_000
const dayAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString().slice(0, 10)

/** Days of UTC from and to, as the filter of the table has them. */
export function DayRangeField({
  range,
  onChange,
}: {
  range: DayRange
  onChange(range: DayRange): void
}) {
  const { from, to } = range
  return (
    <DateRangePicker
      dateOnly
      value={from ? { type: 'absolute', startDate: from, endDate: to ?? dayAgo(0) } : null}
      relativeOptions={relative}
      isValidRange={checkRange}
      placeholder="All times"
      ariaLabel="Days"
      expandToViewport
      onChange={({ detail: { value } }) => onChange(toRange(value))}
      i18nStrings={{
        formatRelativeRange: ({ amount }) => `Last ${amount} days`,
        relativeModeTitle: 'Until now',
        absoluteModeTitle: 'From and to',
      }}
    />
  )
}

function toRange(value: DateRangePickerProps.Value | null): DayRange {
  if (!value) return {}
  if (value.type === 'relative') return { from: dayAgo(value.amount) }
  return { from: value.startDate.slice(0, 10), to: value.endDate.slice(0, 10) }
}

const checkRange: DateRangePickerProps.ValidationFunction = (value) => {
  if (value?.type === 'absolute' && (!value.startDate || !value.endDate))
    return { valid: false, errorMessage: 'Choose the first and the last day.' }
  if (value?.type === 'relative' && !(value.amount > 0 && value.amount < 4000))
    return { valid: false, errorMessage: 'Choose up to 4,000 days.' }
  return { valid: true }
}
