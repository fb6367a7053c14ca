'use client'

import DatePicker from '@cloudscape-design/components/date-picker'
import FormField from '@cloudscape-design/components/form-field'
import { useState } from 'react'
import { ReasonDialog } from '@/components/review/reason-dialog'
import type { ExternalRow } from '@/lib/access/external-row'
import { reviewExternalAccess } from './actions'

export type ReviewAct = { row: ExternalRow; decision: 'accepted' | 'toFix' }

const words = {
  accepted: {
    title: 'Accept external access',
    button: 'Accept',
    done: 'Accepted until its last day.',
  },
  toFix: {
    title: 'External access needs fix',
    button: 'Mark as needs fix',
    done: 'Marked as needs fix.',
  },
} as const

const inAYear = () => new Date(Date.now() + 365 * 86_400_000).toISOString().slice(0, 10)

type Props = { act: ReviewAct; onClose: () => void; onDone: () => void }

export function ReviewDialog({ act, ...ends }: Props) {
  const { row, decision } = act
  const [until, setUntil] = useState(inAYear)
  const isAccepted = decision === 'accepted'
  return (
    <ReasonDialog
      {...words[decision]}
      {...ends}
      about={<Decided {...act} />}
      more={(failure) =>
        isAccepted && (
          <LastDay value={until} error={failure?.fields?.until?.[0]} onChange={setUntil} />
        )
      }
      send={(reason) =>
        reviewExternalAccess({
          keyArn: row.keyArn,
          principal: row.principal,
          basis: row.basis,
          decision,
          reason,
          until: isAccepted ? until : null,
        })
      }
    />
  )
}

/** The access that is decided about, and what the decision means. */
function Decided({ row, decision }: ReviewAct) {
  return (
    <>
      {row.name} on {row.key.aliases[0] ?? row.key.keyId} in {row.key.accountName}:{' '}
      {row.abilities.map(({ label }) => label.toLowerCase()).join(', ')}.
      {decision === 'accepted'
        ? ' The acceptance ends with its last day, and when another statement or grant lets this principal in.'
        : ' This decides nothing in AWS: it says that somebody has to take the access away.'}
    </>
  )
}

function LastDay({
  value,
  error,
  onChange,
}: {
  value: string
  error: string | undefined
  onChange: (day: string) => void
}) {
  return (
    <FormField label="Last day" errorText={error} constraintText="Two years at most.">
      <DatePicker
        value={value}
        onChange={({ detail }) => onChange(detail.value)}
        openCalendarAriaLabel={() => 'Choose the last day'}
        placeholder="YYYY-MM-DD"
        format="iso"
      />
    </FormField>
  )
}
