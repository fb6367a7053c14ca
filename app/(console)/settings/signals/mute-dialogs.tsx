'use client'

import Box from '@cloudscape-design/components/box'
import DatePicker from '@cloudscape-design/components/date-picker'
import FormField from '@cloudscape-design/components/form-field'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import type { Failure } from '@/lib/result'
import type { SignalRow } from '@/lib/trail/signals/settings'
import { Dialog } from '../dialog'
import { muteSignal, unmuteSignal } from './actions'

type Props = { signal: SignalRow; onClose(): void }

/** The first moment after a day of the calendar, here. */
function endOf(day: string): string {
  if (!day) return ''
  const next = new Date(`${day}T00:00`)
  next.setDate(next.getDate() + 1) // a day of the calendar may have 23 or 25 hours
  return next.toISOString()
}

export function MuteSignal({ signal: { name, title }, onClose }: Props) {
  const [day, setDay] = useState('')
  const [reason, setReason] = useState('')
  const [failure, setFailure] = useState<Failure | null>(null)
  return (
    <Dialog
      title="Mute"
      done={() => `${title}: muted.`}
      send={() => muteSignal({ name, until: endOf(day), reason })}
      onFailure={setFailure}
      onClose={onClose}
    >
      <Box variant="p">
        {title}: what is found until then is not told, neither now nor afterwards.
      </Box>
      <FormField
        label="Until and with"
        description="By the clock of this device; at most a year."
        errorText={failure?.fields?.until?.[0]}
      >
        <DatePicker
          value={day}
          onChange={({ detail }) => setDay(detail.value)}
          placeholder="YYYY-MM-DD"
          format="iso"
          isDateEnabled={(date) => date.getTime() > Date.now() - 86_400_000}
          openCalendarAriaLabel={(chosen) =>
            `Until and with: choose a day${chosen ? `, chosen is ${chosen}` : ''}`
          }
        />
      </FormField>
      <FormField label="Reason" errorText={failure?.fields?.reason?.[0]}>
        <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={3} />
      </FormField>
    </Dialog>
  )
}

export function UnmuteSignal({ signal: { name, title, muteReason }, onClose }: Props) {
  return (
    <Dialog
      title="Unmute"
      done={() => `${title}: told again from now on.`}
      send={() => unmuteSignal({ name })}
      onClose={onClose}
    >
      <Box variant="p">
        {title} was muted: {muteReason}
      </Box>
    </Dialog>
  )
}
