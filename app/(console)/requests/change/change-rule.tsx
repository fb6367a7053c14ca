'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { Instant } from '@/components/value/clock'
import { roleNames } from '@/lib/auth/role-names'
import { describeRule } from '@/lib/changes/rules/rule'
import { undecided } from '@/lib/change-status'
import type { ApprovalRow, ChangeDetail } from '@/lib/changes/read/shapes'
import { Fold } from '../fold'
import { Lines, Part } from './part'

/** What approval it needs, who can give it now, who gave it, and what is missing. */
export function ChangeRule({ change, breakGlass }: { change: ChangeDetail; breakGlass: boolean }) {
  const { status, deciders, approvals, missing, unanswerable } = change
  const rule = change.rule ?? change.expectedRule
  const isUndecided = undecided.includes(status)
  return (
    <Part title="Approval">
      <SpaceBetween size="xs">
        {breakGlass && (
          <Box>Done without approval: the glass was broken. The rule below would have applied.</Box>
        )}
        {status === 'draft' && unanswerable && (
          <Alert type="error" header="Nobody could approve this">
            {unanswerable}
          </Alert>
        )}
        {isUndecided && !unanswerable && <Deciders of={deciders} isDraft={status === 'draft'} />}
        {approvals.map((approval) => (
          <Given key={approval.personId} of={approval} change={change} />
        ))}
        {missing.length > 0 && (
          <StatusIndicator type="pending" wrapText>
            Still missing: {missing.join('; ')}
          </StatusIndicator>
        )}
        <Fold title={rule.names.length > 0 ? `The rule: ${rule.names.join(', ')}` : 'The rule'}>
          <Lines of={describeRule(rule)} />
        </Fold>
      </SpaceBetween>
    </Part>
  )
}

function Deciders({ of: deciders, isDraft }: { of: ChangeDetail['deciders']; isDraft: boolean }) {
  if (deciders.length === 0)
    return (
      <Alert type="warning">
        Nobody can decide about this as things are. An administrator can give somebody a role that
        decides here.
      </Alert>
    )
  return (
    <div>
      <Box variant="awsui-key-label">{isDraft ? 'Would be asked' : 'Can decide now'}</Box>
      <ul className="claviger-lines">
        {deciders.map(({ personId, name, email, roles, isOwner, delegateOf }) => (
          <li key={`${personId} ${delegateOf?.id ?? ''}`}>
            <span title={email}>{name}</span>{' '}
            <Box variant="span" color="text-body-secondary">
              (
              {[
                roles.map((role) => roleNames[role]).join(', '),
                ...(isOwner ? ['owner of the key'] : []),
                ...(delegateOf ? [`delegate of ${delegateOf.name}`] : []),
              ]
                .filter(Boolean)
                .join('; ')}
              )
            </Box>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Given({
  of: { personName, decision, comment, delegateOf, asOwner, requestHash, baselineHash, at },
  change,
}: {
  of: ApprovalRow
  change: ChangeDetail
}) {
  const isOfThis = requestHash === change.requestHash && baselineHash === change.baselineHash
  return (
    <div>
      <StatusIndicator type={decision === 'approve' ? 'success' : 'error'} wrapText>
        {decision === 'approve' ? 'Approved' : 'Rejected'} by {personName}
        {delegateOf && `, as the delegate of ${delegateOf}`}
        {asOwner && ', owner of the key'} · <Instant at={at} />
      </StatusIndicator>
      {comment && (
        <Box padding={{ left: 'l' }}>
          <span className="claviger-said">{comment}</span>
        </Box>
      )}
      {!isOfThis && (
        <Box color="text-status-error" padding={{ left: 'l' }}>
          This decision was about something else than what stands here now: it does not count.
        </Box>
      )}
    </div>
  )
}
