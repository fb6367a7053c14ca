'use client'

import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import { Unknown } from './unknown'

const kinds: Record<string, [StatusIndicatorProps.Type, string]> = {
  Enabled: ['success', 'Enabled'],
  Disabled: ['stopped', 'Disabled'],
  PendingDeletion: ['error', 'Pending deletion'],
  PendingReplicaDeletion: ['error', 'Pending replica deletion'],
  PendingImport: ['warning', 'Pending import'],
  Unavailable: ['warning', 'Unavailable'],
  Creating: ['in-progress', 'Creating'],
  Updating: ['in-progress', 'Updating'],
}

/** KeyState in AWS's words. A state we do not know yet is shown as AWS spells it. */
export function KeyState({
  state,
  problem,
}: {
  state: string | null
  problem?: { message: string }
}) {
  if (!state) return <Unknown why={problem?.message} />
  const [type, text] = kinds[state] ?? ['info', state]
  return <StatusIndicator type={type}>{text}</StatusIndicator>
}
