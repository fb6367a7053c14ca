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
import { AskDialog, useAsking } from './ask-dialog'
import { granteeOf } from './revoke-dialog'

const usualDays = 90
const dayAfter = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

/** Gives a grant that nobody knows an owner, a reason and an end. */
export function AdoptDialog({
  grant,
  mayWithoutEnd,
  onClose,
}: {
  grant: GrantsRow
  mayWithoutEnd: boolean
  onClose(): void
}) {
  const asking = useAsking()
  const [owner, setOwner] = useState('')
  const [reason, setReason] = useState('')
  const [ticket, setTicket] = useState('')
  const [lastDay, setLastDay] = useState(() => dayAfter(usualDays))
  const [isEndless, setEndless] = useState(false)
  const end = isEndless
    ? null
    : /^\d{4}-\d{2}-\d{2}$/.test(lastDay)
      ? `${lastDay}T23:59:59Z`
      : lastDay
  const { accountId, region, keyArn, grantId } = grant
  const send = () =>
    asking.ask(() =>
      askAdoption({
        grant: { accountId, region, keyArn, grantId },
        owner,
        reason,
        ticket,
        endsAt: end,
      }),
    )
  return (
    <AskDialog
      title="Adopt this grant"
      button="Prepare the request"
      isSending={asking.isSending}
      failure={asking.failure}
      onAsk={send}
      onClose={onClose}
    >
      <Box variant="p">
        {granteeOf(grant)} may {grant.operations.join(', ')} with{' '}
        {grant.alias?.replace(/^alias\//, '') ?? grant.keyId}, and no request says why. Adopting
        changes nothing in AWS: from the approval on the grant has an owner, a reason and an end, at
        which it is revoked.
      </Box>
      {grant.issuerClass === 'awsService' && !isEndless && (
        <Alert type="warning" header="An AWS service holds it">
          At its end it is revoked, which can break the resource it was made for.
        </Alert>
      )}
      <FormField
        label="Owner"
        description="A team or a person who answers for it."
        errorText={asking.wrong('changes.0.input.owner')}
      >
        <Input value={owner} onChange={({ detail }) => setOwner(detail.value)} />
      </FormField>
      <FormField
        label="Why it exists"
        errorText={asking.wrong('changes.0.input.reason') ?? asking.wrong('justification')}
      >
        <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={3} />
      </FormField>
      <FormField
        label="Last day"
        description="It is revoked when this day is over, UTC."
        errorText={asking.wrong('endsAt') ?? asking.wrong('changes.0.endsAt')}
      >
        <DatePicker
          value={lastDay}
          disabled={isEndless}
          onChange={({ detail }) => setLastDay(detail.value)}
          openCalendarAriaLabel={() => 'Choose the last day'}
          placeholder="YYYY-MM-DD"
          format="iso"
        />
      </FormField>
      {mayWithoutEnd && (
        <Checkbox checked={isEndless} onChange={({ detail }) => setEndless(detail.checked)}>
          Without an end: it stays until somebody revokes it
        </Checkbox>
      )}
      <FormField
        label={
          <>
            Ticket <i>- optional</i>
          </>
        }
        errorText={asking.wrong('ticket')}
      >
        <Input value={ticket} onChange={({ detail }) => setTicket(detail.value)} />
      </FormField>
    </AskDialog>
  )
}
