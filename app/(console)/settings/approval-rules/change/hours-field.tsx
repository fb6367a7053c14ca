'use client'

import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { nameHours } from '@/lib/changes/rules/rule'

type Props = {
  label: React.ReactNode
  description?: string
  hours: number | null
  error?: string
  onChange(hours: number | null): void
}

/** Hours, and how long that is in days. Empty is null. */
export function HoursField({ label, description, hours, error, onChange }: Props) {
  const isDays = hours !== null && hours >= 24 && hours % 24 === 0
  return (
    <FormField
      label={label}
      description={description}
      constraintText={isDays ? `Hours (${nameHours(hours)})` : 'Hours'}
      errorText={error}
    >
      <Input
        type="number"
        inputMode="numeric"
        value={hours === null || hours === 0 ? '' : String(hours)}
        onChange={({ detail }) => onChange(detail.value === '' ? null : Number(detail.value))}
      />
    </FormField>
  )
}
