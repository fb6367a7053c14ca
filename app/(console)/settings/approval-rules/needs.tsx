'use client'

import Box from '@cloudscape-design/components/box'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { readJson } from '@/components/shell/read-json'
import { describeRule, type EffectiveRule } from '@/lib/changes/rules/rule'
import type { PreviewedDeciders } from '@/lib/settings/preview-deciders'

type Props = { label: string; rule: EffectiveRule; accountId: string | null; keyArn: string | null }

/** What some rules ask for together, and who could give it if the reader asked. */
export function Needs({ label, rule, accountId, keyArn }: Props) {
  return (
    <SpaceBetween size="xs">
      <Box variant="h3">{label}</Box>
      <ul>
        {describeRule(rule).map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
      <Box color="text-body-secondary">
        {rule.names.length === 0
          ? 'No rule is about it.'
          : `By ${rule.names.map((name) => `“${name}”`).join(', ')}.`}
      </Box>
      <Deciders rule={rule} accountId={accountId} keyArn={keyArn} />
    </SpaceBetween>
  )
}

function Deciders({
  rule: { approvals, ownerMust, roles },
  accountId,
  keyArn,
}: Omit<Props, 'label'>) {
  const search = new URLSearchParams({
    approvals: String(approvals),
    owner: ownerMust ? '1' : '0',
    ...(accountId ? { account: accountId } : {}),
    ...(keyArn ? { arn: keyArn } : {}),
    ...(roles ? { roles: roles.join(',') } : {}),
  }).toString()
  const { data, error } = useQuery({
    queryKey: ['rules', 'deciders', search],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      readJson<PreviewedDeciders>(`/api/approval-rules/deciders?${search}`, signal),
  })
  if (error)
    return (
      <div>
        <StatusIndicator type="warning">Who could decide is unknown</StatusIndicator>
        <Box>{error.message}</Box>
      </div>
    )
  if (!data) return <StatusIndicator type="loading">Looking who could decide</StatusIndicator>
  if (data.why)
    return (
      <div>
        <StatusIndicator type="warning">If you asked, it could not be approved</StatusIndicator>
        <Box>{data.why}</Box>
      </div>
    )
  const names = data.deciders.map(({ name, delegateOf }) =>
    delegateOf ? `${name} (for ${delegateOf})` : name,
  )
  return (
    <div>
      <StatusIndicator type="success">If you asked, these could decide</StatusIndicator>
      <Box>{names.join(', ')}</Box>
    </div>
  )
}
