'use client'

import Box from '@cloudscape-design/components/box'
import DatePicker from '@cloudscape-design/components/date-picker'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import { useState } from 'react'
import type { Failure } from '@/lib/result'
import type { AccountName } from '@/lib/settings/read'
import { longestDelegationDays } from '@/lib/settings/delegate-words'
import type { Candidate, DelegateRow } from '@/lib/settings/delegates'
import { Dialog } from '../dialog'
import { endDelegate, nameDelegate } from './actions'
import { rightsText } from './rights-text'

type Props = {
  candidates: readonly Candidate[]
  accounts: readonly AccountName[]
  ownId: string
  forOthers: boolean
  onClose(): void
}

/** A day of the calendar as its first moment here, or the first moment after it. */
const startOf = (day: string) => (day ? new Date(`${day}T00:00`).toISOString() : '')
function endOf(day: string): string {
  if (!day) return ''
  const next = new Date(`${day}T00:00`)
  next.setDate(next.getDate() + 1) // a day of the calendar may have 23 or 25 hours
  return next.toISOString()
}
function today(): string {
  const now = new Date()
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}-${String(now.getDate()).padStart(2, '0')}`
}

/** A time away as it is being written, with the people it is about. */
function useTimeAway(candidates: readonly Candidate[], ownId: string) {
  const own = candidates.find(({ id }) => id === ownId)
  const [written, setWritten] = useState(() => ({
    awayId: own && own.rights.length > 0 ? ownId : '',
    delegateId: '',
    from: today(),
    until: '',
    reason: '',
  }))
  const { awayId, delegateId } = written
  return {
    written,
    set: (some: Partial<typeof written>) => setWritten({ ...written, ...some }),
    away: candidates.find(({ id }) => id === awayId),
    delegate: candidates.find(({ id }) => id === delegateId),
    whoCanBeAway: candidates.filter(({ rights }) => rights.length > 0),
    whoCanBeDelegate: candidates.filter(
      ({ id, rights }) => id !== awayId && (awayId === ownId || rights.length > 0),
    ),
  }
}

export function NameDialog({ candidates, accounts, ownId, forOthers, onClose }: Props) {
  const [failure, setFailure] = useState<Failure | null>(null)
  const { written, set, away, delegate, ...who } = useTimeAway(candidates, ownId)
  const { awayId, delegateId, from, until, reason } = written
  const errorOf = (field: string) => failure?.fields?.[field]?.[0]
  return (
    <Dialog
      title="Name a delegate"
      done={() => `${delegate?.name ?? 'The delegate'} can decide from the day you chose.`}
      send={() =>
        nameDelegate({ awayId, delegateId, startsAt: startOf(from), endsAt: endOf(until), reason })
      }
      onFailure={setFailure}
      onClose={onClose}
    >
      {forOthers && (
        <PersonField
          label="Who is away"
          value={awayId}
          candidates={who.whoCanBeAway}
          error={errorOf('awayId')}
          onChange={(id) => set({ awayId: id })}
        />
      )}
      <PersonField
        label="Delegate"
        value={delegateId}
        candidates={who.whoCanBeDelegate}
        error={errorOf('delegateId')}
        onChange={(id) => set({ delegateId: id })}
      />
      <DayField
        label="From"
        value={from}
        error={errorOf('startsAt')}
        onChange={(day) => set({ from: day })}
      />
      <DayField
        label="Until and with"
        value={until}
        description={`By the clock of this device; at most ${longestDelegationDays} days.`}
        error={errorOf('endsAt')}
        onChange={(day) => set({ until: day })}
      />
      <ReasonField
        value={reason}
        error={errorOf('reason')}
        onChange={(text) => set({ reason: text })}
      />
      {away && delegate && (
        <Box variant="p">
          In that time {delegate.name} can decide what {away.id === ownId ? 'you' : away.name} can:{' '}
          {rightsText(away.rights, accounts)}. Never about a request of {delegate.name}, nor of{' '}
          {away.id === ownId ? 'yours' : away.name}.
        </Box>
      )}
    </Dialog>
  )
}

type ReasonProps = { value: string; error?: string; onChange(reason: string): void }

function ReasonField({ value, error, onChange }: ReasonProps) {
  return (
    <FormField
      label={
        <span>
          Why <i>- optional</i>
        </span>
      }
      errorText={error}
    >
      <Input
        value={value}
        onChange={({ detail }) => onChange(detail.value)}
        placeholder="On leave"
      />
    </FormField>
  )
}

type FieldProps = {
  label: string
  value: string
  candidates: readonly Candidate[]
  error?: string
  onChange(id: string): void
}

function PersonField({ label, value, candidates, error, onChange }: FieldProps) {
  const options = candidates.map(({ id, name, email }) => ({
    value: id,
    label: name,
    description: email,
    filteringTags: [email],
  }))
  return (
    <FormField label={label} errorText={error}>
      <Select
        placeholder="Choose a person"
        options={options}
        filteringType="auto"
        filteringPlaceholder="Find by name or e-mail"
        filteringAriaLabel="Find by name or e-mail"
        empty="Nobody matches"
        selectedOption={options.find((option) => option.value === value) ?? null}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </FormField>
  )
}

function DayField({
  label,
  value,
  description,
  error,
  onChange,
}: {
  label: string
  value: string
  description?: string
  error?: string
  onChange(day: string): void
}) {
  return (
    <FormField label={label} description={description} errorText={error}>
      <DatePicker
        value={value}
        onChange={({ detail }) => onChange(detail.value)}
        placeholder="YYYY-MM-DD"
        format="iso"
        isDateEnabled={(date) => date.getTime() > Date.now() - 86_400_000}
        openCalendarAriaLabel={(chosen) =>
          `${label}: choose a day${chosen ? `, chosen is ${chosen}` : ''}`
        }
      />
    </FormField>
  )
}

type EndProps = { row: DelegateRow; onClose(): void }

export function EndDialog({
  row: {
    id,
    away,
    delegate: { name },
  },
  onClose,
}: EndProps) {
  return (
    <Dialog
      title="End it now"
      done={() => `${name} is no longer the delegate of ${away.name}.`}
      send={() => endDelegate({ id })}
      onClose={onClose}
    >
      <Box variant="p">
        {name} no longer decides for {away.name}, from the next click on. Decisions that were made
        stay.
      </Box>
    </Dialog>
  )
}
