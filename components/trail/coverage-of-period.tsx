'use client'

import Alert from '@cloudscape-design/components/alert'
import type { TrailWindow } from '@/lib/trail/window'
import { WindowNotice } from './window-notice'

/** What it means that nothing was counted: not used only where the trail saw everything. */
export const sayNothing = ({ gapCount }: TrailWindow): string =>
  gapCount === 0
    ? 'No calls in this period. The trail has every hour of it.'
    : 'No calls are in the trail. That is unknown and not "unused": the trail lacks hours of this period.'

/** What the trail could not see of a period, and where its totals lag behind. */
export function CoverageOfPeriod({
  window,
  waitingHours,
}: {
  window: TrailWindow
  waitingHours: number
}) {
  return (
    <>
      <WindowNotice of={window} />
      <WaitingHours hours={waitingHours} />
    </>
  )
}

/** Says that totals lack what was stored lately. */
export function WaitingHours({ hours }: { hours: number }) {
  return hours > 0 ? (
    <Alert type="info">
      Events of {hours.toLocaleString('en')} {hours === 1 ? 'hour' : 'hours'} were stored lately and
      are still being counted: totals lag behind.
    </Alert>
  ) : null
}
