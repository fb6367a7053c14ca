'use client'

import Alert from '@cloudscape-design/components/alert'
import FormField from '@cloudscape-design/components/form-field'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { governs } from '@/lib/auth/permissions'
import type { Result } from '@/lib/result'
import { requestRole } from './actions'
import { noRole, type Chosen } from './role-fields'

/** Whether the role chosen is one that another administrator approves. */
export const isAskedFor = ({ role }: Chosen, byRequest: boolean): boolean =>
  byRequest && role !== null && governs(role)

type Asked = { to: { personId: string } | { group: string }; chosen: Chosen; justification: string }

export async function askForRole({
  to,
  chosen: { role, accountId },
  justification,
}: Asked): Promise<Result<{ id: string }>> {
  if (role === null) return { ok: false, error: noRole }
  return requestRole({ to, role, accountId, justification })
}

/** Says that it becomes a request, and asks for the reason that approvers read. */
export function WhyRole({
  value,
  error,
  onChange,
}: {
  value: string
  error?: string
  onChange(value: string): void
}) {
  return (
    <SpaceBetween size="m">
      <Alert type="info">
        This role decides or administers. It becomes a request: another administrator approves it,
        neither you nor who gets the role.
      </Alert>
      <FormField label="Justification" errorText={error}>
        <Textarea value={value} rows={2} onChange={({ detail }) => onChange(detail.value)} />
      </FormField>
    </SpaceBetween>
  )
}
