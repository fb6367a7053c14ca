'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import type { ApprovalRules } from '@/lib/changes/rules/rule'
import type { Failure } from '@/lib/result'
import { requestRules } from '../actions'

type Props = {
  rules: ApprovalRules
  version: number
  differences: readonly string[]
  failure: Failure | null
  onFailure(failure: Failure | null): void
}

/** What would change, why, and the button that makes a request of it. */
export function AskForRules({ rules, version, differences, failure, onFailure }: Props) {
  const router = useRouter()
  const [isSending, startSending] = useTransition()
  const [title, setTitle] = useState('')
  const [justification, setJustification] = useState('')
  const [ticket, setTicket] = useState('')
  const ask = () =>
    startSending(async () => {
      const result = await requestRules({ rules, version, title, justification, ticket })
      onFailure(result.ok ? null : result.error)
      if (result.ok) router.push(`/requests/${result.data.id}`)
    })
  return (
    <Container header={<Header variant="h2">What changes, and why</Header>}>
      <SpaceBetween size="l">
        <Differences differences={differences} />
        <FormField
          label={<Optional label="Title" when="optional" />}
          errorText={failure?.fields?.title?.[0]}
        >
          <Input
            value={title}
            onChange={({ detail }) => setTitle(detail.value)}
            placeholder="Change the approval rules"
          />
        </FormField>
        <FormField label="Justification" errorText={failure?.fields?.justification?.[0]}>
          <Textarea
            value={justification}
            rows={3}
            onChange={({ detail }) => setJustification(detail.value)}
          />
        </FormField>
        <FormField
          label={<Optional label="Ticket" when="optional, unless a rule wants one" />}
          errorText={failure?.fields?.ticket?.[0]}
        >
          <Input value={ticket} onChange={({ detail }) => setTicket(detail.value)} />
        </FormField>
        {failure && (
          <div role="alert">
            <Alert type="error">{failure.message}</Alert>
          </div>
        )}
        <AskButtons isSending={isSending} isUnchanged={differences.length === 0} onAsk={ask} />
        <Box color="text-body-secondary" variant="small">
          You see it once more, with who can approve it, before anybody is asked.
        </Box>
      </SpaceBetween>
    </Container>
  )
}

function Differences({ differences }: Pick<Props, 'differences'>) {
  if (differences.length === 0)
    return <Box color="text-body-secondary">Nothing yet: these are the rules in force.</Box>
  return (
    <ul>
      {differences.map((words) => (
        <li key={words}>{words}</li>
      ))}
    </ul>
  )
}

function Optional({ label, when }: { label: string; when: string }) {
  return (
    <span>
      {label} <i>- {when}</i>
    </span>
  )
}

type ButtonsProps = { isSending: boolean; isUnchanged: boolean; onAsk(): void }

function AskButtons({ isSending, isUnchanged, onAsk }: ButtonsProps) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button variant="primary" loading={isSending} disabled={isUnchanged} onClick={onAsk}>
        Request this change
      </Button>
      <Button variant="link" href="/settings/approval-rules">
        Cancel
      </Button>
    </SpaceBetween>
  )
}
