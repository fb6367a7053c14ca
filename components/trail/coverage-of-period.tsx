'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import { Moment } from '@/components/value/moment'
import type { PeriodCoverage } from '@/lib/trail/usage/coverage'

const hoursOf = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'hour' : 'hours'}`

const isWhole = ({ hours, whole }: PeriodCoverage) => whole >= hours

/** What it means that nothing was counted: not used only where the trail saw everything. */
export const sayNothing = (coverage: PeriodCoverage): string =>
  isWhole(coverage)
    ? 'No calls in this period. The trail has every hour of it.'
    : 'No calls are in the trail. That is unknown and not "unused": the trail lacks hours of this period.'

type Props = {
  coverage: PeriodCoverage
  waitingHours: number
  /** What could be missing. */
  what: string
}

/** What the trail could not see of a period, and where its totals lag behind. */
export function CoverageOfPeriod({ coverage, waitingHours, what }: Props) {
  return (
    <>
      {isWhole(coverage) ? (
        <Box color="text-body-secondary">The trail has every hour of this period.</Box>
      ) : (
        <NotWhole coverage={coverage} what={what} />
      )}
      <WaitingHours hours={waitingHours} />
    </>
  )
}

function NotWhole({ coverage, what }: Pick<Props, 'coverage' | 'what'>) {
  const { hours, whole, partial, first, last, sources } = coverage
  if (whole + partial === 0)
    return (
      <Alert type="warning" header="The trail has nothing of this period">
        No source read CloudTrail events of this account and Region: {what} are unknown.
      </Alert>
    )
  return (
    <Alert
      type="info"
      header={`The trail lacks ${hoursOf(hours - whole - partial)} of this period`}
    >
      Of {hoursOf(hours)} it has {hoursOf(whole)} whole and {hoursOf(partial)} in part, between{' '}
      <Moment at={first} /> and <Moment at={last} /> ({sources.join(', ')}). What the others held is
      unknown: there can be more {what}.
    </Alert>
  )
}

/** Says that totals lack what was stored lately. */
export function WaitingHours({ hours }: { hours: number }) {
  return hours > 0 ? (
    <Alert type="info">
      Events of {hoursOf(hours)} were stored lately and are still being counted: totals lag behind.
    </Alert>
  ) : null
}
