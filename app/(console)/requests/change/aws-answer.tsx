'use client'

import Box from '@cloudscape-design/components/box'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import { Instant } from '@/components/value/clock'
import type { Preflight, RoleAnswer, RolePrediction } from '@/lib/changes/kinds/preflight'
import { Lines, Part } from './part'

/**
 * What AWS will say to the write role: AWS's own answer to a DryRun, and what the policies say
 * where there is none. Only of a change in AWS.
 */
export function AwsAnswer({
  preflight: { dryRun, noDryRun, rolePrediction },
}: {
  preflight: Preflight
}) {
  return (
    <SpaceBetween size="l">
      <Part title="Dry run">
        <DryRun of={dryRun} why={noDryRun} />
      </Part>
      {rolePrediction && (
        <Part title="Permissions of the write role">
          <Policies of={rolePrediction} />
        </Part>
      )}
    </SpaceBetween>
  )
}

/**
 * Its record is never taken for a mutation: it says what AWS would do, and that nothing was done.
 */
function DryRun({ of: dryRun, why }: { of: Preflight['dryRun']; why: string | null }) {
  if (why !== null) {
    return (
      <StatusIndicator type="warning" wrapText>
        No dry run available. {why}
      </StatusIndicator>
    )
  }
  if (!dryRun)
    return (
      <Box color="text-body-secondary">No dry run available: AWS has none for this operation.</Box>
    )
  const { would, api, code, words } = dryRun
  if (would === 'succeed') {
    return (
      <StatusIndicator type="success" wrapText>
        Dry run passed: AWS allows {api} for the write role. Nothing was changed.
      </StatusIndicator>
    )
  }
  return (
    <StatusIndicator type={would === 'unknown' ? 'warning' : 'error'} wrapText>
      {would === 'unknown' ? 'Dry run without an answer' : 'Dry run failed: AWS refuses this'} (
      {api}, {code}). {words}
    </StatusIndicator>
  )
}

const results: Readonly<
  Record<RoleAnswer['result'], { type: StatusIndicatorProps.Type; words: string }>
> = {
  allowed: { type: 'success', words: 'The policies allow it.' },
  refused: { type: 'error', words: 'AWS will refuse it.' },
  depends: { type: 'warning', words: 'It depends on conditions that are not known in advance.' },
  unknown: { type: 'warning', words: 'Unknown.' },
}

function Policies({ of: { role, doing, ending, readAt } }: { of: RolePrediction }) {
  return (
    <SpaceBetween size="xs">
      {doing && <Answer of={doing} />}
      {ending && <Answer of={ending} before="At its end: " />}
      <Box color="text-body-secondary">
        {role}.{' '}
        {readAt === null ? (
          'Some of its policies have not been read.'
        ) : (
          <>
            Policies as of <Instant at={readAt} />.
          </>
        )}
      </Box>
    </SpaceBetween>
  )
}

function Answer({ of: { result, lines }, before = '' }: { of: RoleAnswer; before?: string }) {
  const { type, words } = results[result]
  return (
    <div>
      <StatusIndicator type={type} wrapText>
        {before}
        {words}
      </StatusIndicator>
      {result !== 'allowed' && <Lines of={lines} />}
    </div>
  )
}
