'use client'

import SegmentedControl from '@cloudscape-design/components/segmented-control'
import { periods, periodWords, toPeriod, type PeriodDays } from '@/lib/trail/usage/period'

type Props = { days: PeriodDays; onChange(days: PeriodDays): void }

/** Which period until now is shown. */
export function PeriodField({ days, onChange }: Props) {
  return (
    <SegmentedControl
      label="Period"
      selectedId={String(days)}
      onChange={({ detail }) => onChange(toPeriod(detail.selectedId))}
      options={periods.map((each) => ({ id: String(each), text: periodWords[each] }))}
    />
  )
}
