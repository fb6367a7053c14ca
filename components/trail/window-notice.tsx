'use client'

import Alert from '@cloudscape-design/components/alert'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import { utcTime } from '@/components/value/relative-time'
import type { TrailWindow } from '@/lib/trail/window'
import { sayWindow } from '@/lib/trail/say-window'

/** What the trail could not see of an account and Region; nothing where it saw every hour. */
export function WindowNotice({ of: window }: { of: TrailWindow }) {
  const { gaps, gapCount } = window
  if (gapCount === 0) return null
  return (
    <Alert type="info" header="CloudTrail events of this account and Region are incomplete">
      {sayWindow(window)} What is not listed below is unknown, not unused.
      <ExpandableSection headerText={gapCount === 1 ? 'The gap' : `${gapCount} gaps`}>
        <ul>
          {gaps.map((gap) => (
            <li key={gap.from}>
              {utcTime(gap.from)} to {utcTime(gap.until)}
              {gap.isPart ? ': some events' : ': no events'}
            </li>
          ))}
        </ul>
        {gapCount > gaps.length && `These are the ${gaps.length} longest.`}
      </ExpandableSection>
    </Alert>
  )
}
