'use client'

import Badge, { type BadgeProps } from '@cloudscape-design/components/badge'
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import type { Risk } from '@/lib/changes/rules/rule'
import type { ChangeStatus } from '@/lib/changes/shapes'
import { loudestOf, riskWords, statusWords, summarize } from './words'

const signs: Record<ChangeStatus, StatusIndicatorProps.Type> = {
  draft: 'pending', open: 'pending', approved: 'in-progress', executing: 'loading', applied: 'success', failed: 'error', drifted: 'warning', rejected: 'stopped',
  cancelled: 'stopped', expired: 'stopped', reverting: 'loading', reverted: 'success', revertFailed: 'error',
}

export function ChangeStatusLabel({ status }: { status: ChangeStatus }) {
  return <StatusIndicator type={signs[status]}>{statusWords[status]}</StatusIndicator>
}

/** How all changes of a request stand, under the sign of what most wants to be seen. */
export function StatusSummary({ statuses }: { statuses: Partial<Record<ChangeStatus, number>> }) {
  return <StatusIndicator type={signs[loudestOf(statuses)]} wrapText>{summarize(statuses)}</StatusIndicator>
}

const colours: Record<Risk, BadgeProps['color']> = { low: 'severity-neutral', medium: 'severity-low', high: 'severity-high', critical: 'severity-critical' }

export function RiskLabel({ risk }: { risk: Risk }) {
  return <Badge color={colours[risk]}>{riskWords[risk]}</Badge>
}
