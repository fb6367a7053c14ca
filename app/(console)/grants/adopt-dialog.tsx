'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Checkbox from '@cloudscape-design/components/checkbox'
import DatePicker from '@cloudscape-design/components/date-picker'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import type { GrantsRow } from '@/lib/grants/row'
import { askAdoption } from './actions'
import { AskDialog, TicketField, useAsking } from './ask-dialog'
import { granteeOf, keyNameOf } from './grant-names'

const usualDays = 90
const dayAfter = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

type Props = { grant: GrantsRow; mayWithoutEnd: boolean; onClose(): void }

/** Gives a grant that nobody knows an owner, a reason and an end. */
export function AdoptDialog({ grant, mayWithoutEnd, onClose }: Props) {
  const { form, change, wrong, ...asking } = useAdoption(grant)
  return (
    <AskDialog
      title="Adopt this grant"
      button="Prepare the request"
      isSending={asking.isSending}
      failure={asking.failure}
      onAsk={asking.send}
      onClose={onClose}
    >
      <WhatAdoptingDoes grant={grant} />
      {grant.issuerClass === 'awsService' && !form.isEndless && (
        <Alert type="warning" header="An AWS service holds it">
          At its end it is revoked, which can break the resource it was made for.
        </Alert>
      )}
      <FormField
        label="Owner"
        description="A team or a person who answers for it."
        errorText={wrong('changes.0.input.owner')}
      >
        <Input value={form.owner} onChange={({ detail }) => change({ owner: detail.value })} />
      </FormField>
      <FormField
        label="Why it exists"
        errorText={wrong('changes.0.input.reason') ?? wrong('justification')}
      >
        <Textarea
          value={form.reason}
          onChange={({ detail }) => change({ reason: detail.value })}
          rows={3}
        />
      </FormField>
      <LastDay
        form={form}
        error={wrong('endsAt') ?? wrong('changes.0.endsAt')}
        onChange={(lastDay) => change({ lastDay })}
      />
      {mayWithoutEnd && (
        <Checkbox
          checked={form.isEndless}
          onChange={({ detail }) => change({ isEndless: detail.checked })}
        >
          Without an end: it stays until somebody revokes it
        </Checkbox>
      )}
      <TicketField
        value={form.ticket}
        error={wrong('ticket')}
        onChange={(ticket) => change({ ticket })}
      />
    </AskDialog>
  )
}

type Form = { owner: string; reason: string; ticket: string; lastDay: string; isEndless: boolean }

/** What is typed about the grant, and the way to ask for its adoption. */
function useAdoption({ accountId, region, keyArn, grantId }: GrantsRow) {
  const { ask, ...asking } = useAsking()
  const [form, setForm] = useState<Form>(() => ({
    owner: '',
    reason: '',
    ticket: '',
    lastDay: dayAfter(usualDays),
    isEndless: false,
  }))
  const { owner, reason, ticket } = form
  const send = () =>
    ask(() =>
      askAdoption({
        grant: { accountId, region, keyArn, grantId },
        owner,
        reason,
        ticket,
        endsAt: endOf(form),
      }),
    )
  const change = (changed: Partial<Form>) => setForm((typed) => ({ ...typed, ...changed }))
  return { ...asking, form, change, send }
}

/** The end of the last day; what is no day goes as it was typed, to be refused in words. */
function endOf({ lastDay, isEndless }: Form): string | null {
  if (isEndless) return null
  return /^\d{4}-\d{2}-\d{2}$/.test(lastDay) ? `${lastDay}T23:59:59Z` : lastDay
}

function WhatAdoptingDoes({ grant }: { grant: GrantsRow }) {
  return (
    <Box variant="p">
      {granteeOf(grant)} may {grant.operations.join(', ')} with {keyNameOf(grant)}, and no request
      says why. Adopting changes nothing in AWS: from the approval on the grant has an owner, a
      reason and an end, at which it is revoked.
    </Box>
  )
}

function LastDay({
  form: { lastDay, isEndless },
  error,
  onChange,
}: {
  form: Form
  error: string | undefined
  onChange(day: string): void
}) {
  return (
    <FormField
      label="Last day"
      description="It is revoked when this day is over, UTC."
      errorText={error}
    >
      <DatePicker
        value={lastDay}
        disabled={isEndless}
        onChange={({ detail }) => onChange(detail.value)}
        openCalendarAriaLabel={() => 'Choose the last day'}
        placeholder="YYYY-MM-DD"
        format="iso"
      />
    </FormField>
  )
}
