'use client'

import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import { nameOfState } from '@/lib/kms/state-names'
import { Unknown } from './unknown'

const types: Record<string, StatusIndicatorProps.Type> = {
  Enabled: 'success',
  Disabled: 'stopped',
  PendingDeletion: 'error',
  PendingReplicaDeletion: 'error',
  PendingImport: 'warning',
  Unavailable: 'warning',
  Creating: 'in-progress',
  Updating: 'in-progress',
}

/** The state of a key, in AWS's words. */
export function KeyState({
  state,
  problem,
}: {
  state: string | null
  problem?: { message: string }
}) {
  if (!state) return <Unknown why={problem?.message} />
  return <StatusIndicator type={types[state] ?? 'info'}>{nameOfState(state)}</StatusIndicator>
}
