'use client'

import Badge, { type BadgeProps } from '@cloudscape-design/components/badge'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import type { Risk } from '@/lib/changes/rules/rule'
import type { ChangeStatus } from '@/lib/change-status'
import type { InForce } from '@/lib/changes/read/shapes'
import { useClock } from '@/components/value/clock'
import {
  countInForce,
  countStatuses,
  isOverdue,
  loudestOf,
  riskWords,
  sayStatus,
  summarize,
  type Timed,
} from './words'

const signs: Record<ChangeStatus, StatusIndicatorProps.Type> = {
  draft: 'pending',
  open: 'pending',
  approved: 'in-progress',
  executing: 'loading',
  applied: 'success',
  failed: 'error',
  drifted: 'warning',
  rejected: 'stopped',
  cancelled: 'stopped',
  expired: 'stopped',
  reverting: 'loading',
  reverted: 'success',
  revertFailed: 'error',
}

/** How one change stands by the database's clock. */
export function ChangeStatusLabel({ change }: { change: Timed }) {
  const now = useClock(5_000)
  const type = isOverdue(change, now) ? 'error' : signs[change.status]
  return (
    <StatusIndicator type={type} wrapText>
      {sayStatus(change, now)}
    </StatusIndicator>
  )
}

/** How all changes of a request stand, under the sign of what most wants to be seen. */
export function StatusSummary({
  statuses,
  inForce,
}: {
  statuses: Partial<Record<ChangeStatus, number>>
  inForce: InForce
}) {
  const type = inForce.overdue > 0 ? 'error' : signs[loudestOf(statuses)]
  return (
    <StatusIndicator type={type} wrapText>
      {summarize(statuses, inForce)}
    </StatusIndicator>
  )
}

/** The same for all changes of one request, each with its times. */
export function ChangesSummary({ changes }: { changes: readonly Timed[] }) {
  const now = useClock(5_000)
  const [only] = changes
  if (only && changes.length === 1) return <ChangeStatusLabel change={only} />
  return <StatusSummary statuses={countStatuses(changes)} inForce={countInForce(changes, now)} />
}

const colours: Record<Risk, BadgeProps['color']> = {
  low: 'severity-neutral',
  medium: 'severity-low',
  high: 'severity-high',
  critical: 'severity-critical',
}

export function RiskLabel({ risk }: { risk: Risk }) {
  return <Badge color={colours[risk]}>{riskWords[risk]}</Badge>
}
