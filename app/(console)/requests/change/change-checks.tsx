'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import { statusWords } from '@/components/change/words'
import type { Conflict, Preflight } from '@/lib/changes/kinds/preflight'
import { changeStatuses } from '@/lib/change-status'
import type { ChangeDetail } from '@/lib/changes/read/shapes'
import { sayLatent, type LatentRow } from '@/lib/drafts/latent'
import { own } from '@/lib/own'
import { Fold } from '../fold'
import { AwsAnswer } from './aws-answer'
import { Lines, Part } from './part'

/**
 * What was found out before anybody decides: who gains and loses, the risk and why, AWS's DryRun,
 * other changes of the same thing.
 */
export function ChangeChecks({
  change: { accountId, preflight, risk, conflicts },
}: {
  change: ChangeDetail
}) {
  const { policyImpact, riskReasons } = preflight
  return (
    <SpaceBetween size="l">
      {policyImpact && <PolicyImpact of={policyImpact} />}
      <Part title={`Why the risk is ${risk}`}>
        {riskReasons.length > 0 ? (
          <Lines of={riskReasons} />
        ) : (
          <Box>Nothing about it makes it riskier.</Box>
        )}
      </Part>
      {accountId !== null && <AwsAnswer preflight={preflight} />}
      <Part title="Other changes of the same thing">
        <Conflicts of={conflicts ?? preflight.conflicts} isNow={conflicts !== null} />
      </Part>
    </SpaceBetween>
  )
}

function PolicyImpact({
  of: { verdict, gains, losses, unknown, refusals, latent = [], isCompared = true },
}: {
  of: NonNullable<Preflight['policyImpact']>
}) {
  const opened = latent.filter(({ direction }) => direction === 'opened')
  const closed = latent.filter(({ direction }) => direction === 'closed')
  return (
    <Part title="Who gains and loses what">
      <SpaceBetween size="xs">
        <LockoutCheck verdict={verdict} />
        {refusals.length > 0 && (
          <Alert
            type="error"
            header="AWS would refuse it, or nobody could change the policy afterwards"
          >
            <Lines of={refusals} />
          </Alert>
        )}
        <Latent title="External access opened" type="warning" rows={opened} />
        <Latent title="External access closed" type="success" rows={closed} />
        {(gains.length > 0 || (isCompared && opened.length === 0)) && (
          <Group title="Gain" lines={gains} none="Nobody gains anything." />
        )}
        {(losses.length > 0 || (isCompared && closed.length === 0)) && (
          <Group title="Lose" lines={losses} none="Nobody loses anything." />
        )}
        {unknown.length > 0 && <Group title="Unknown" lines={unknown} none="" />}
      </SpaceBetween>
    </Part>
  )
}

/**
 * What another account can complete by its own IAM: nobody gains it yet, and
 * nobody here is asked again.
 */
function Latent({
  title,
  type,
  rows,
}: {
  title: string
  type: 'warning' | 'success'
  rows: readonly LatentRow[]
}) {
  if (rows.length === 0) return null
  return (
    <Alert type={type} header={title}>
      <Lines of={rows.map(sayLatent)} />
    </Alert>
  )
}

/** Who could change the policy afterwards: the worst that a policy can do is to let nobody. */
const verdicts: Readonly<Record<string, { type: StatusIndicatorProps.Type; words: string }>> = {
  lockout: {
    type: 'error',
    words: 'This would lock everyone out: nobody could change the policy again but AWS Support.',
  },
  refused: {
    type: 'error',
    words:
      'Our role for changes could not put a policy again, so KMS refuses this one when it comes from us.',
  },
  onlyUs: { type: 'error', words: 'Nobody but Claviger could change the policy again.' },
  uncertain: {
    type: 'warning',
    words: 'Whether the policy could be changed again is not certain.',
  },
  safe: { type: 'success', words: 'The policy could still be changed afterwards.' },
}

function LockoutCheck({ verdict }: { verdict: string }) {
  const known = own(verdicts, verdict)
  return (
    <StatusIndicator type={known?.type ?? 'warning'} wrapText>
      {known?.words ?? verdict}
    </StatusIndicator>
  )
}

/** So many lines are read at a glance; the rest is folded, and says how many they are. */
const atAGlance = 10

function Group({ title, lines, none }: { title: string; lines: readonly string[]; none: string }) {
  if (lines.length === 0) return <Box color="text-body-secondary">{none}</Box>
  return (
    <div>
      <Box variant="awsui-key-label">{`${title} (${lines.length})`}</Box>
      <Lines of={lines.slice(0, atAGlance)} />
      {lines.length > atAGlance && (
        <Fold title={`${title}: ${lines.length - atAGlance} more`}>
          <Lines of={lines.slice(atAGlance)} />
        </Fold>
      )}
    </div>
  )
}

function Conflicts({ of: conflicts, isNow }: { of: readonly Conflict[]; isNow: boolean }) {
  if (conflicts.length === 0)
    return (
      <Box color="text-body-secondary">
        {isNow ? 'None is under way.' : 'None was under way when this was prepared.'}
      </Box>
    )
  return (
    <Alert type="warning" header={isNow ? 'Under way now' : 'Under way when this was prepared'}>
      <ul className="claviger-lines">
        {conflicts.map(({ changeId, requestId, number, title, status }) => (
          <li key={changeId}>
            <Link href={`/requests/${requestId}`}>{`R-${number}: ${title}`}</Link> ({wordOf(status)}
            )
          </li>
        ))}
      </ul>
    </Alert>
  )
}

function wordOf(status: string): string {
  const known = changeStatuses.find((one) => one === status)
  return known ? statusWords[known].toLowerCase() : status
}
