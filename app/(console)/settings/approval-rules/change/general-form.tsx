'use client'

import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Multiselect from '@cloudscape-design/components/multiselect'
import Select from '@cloudscape-design/components/select'
import TimeInput from '@cloudscape-design/components/time-input'
import type { ApprovalRules } from '@/lib/changes/rules/rule'
import { HoursField } from './hours-field'

type General = Omit<ApprovalRules, 'rules'>
type Props = {
  general: General
  fields?: Record<string, string[]>
  onChange(general: General): void
}

const dayOptions = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
].map((label, index) => ({ value: String(index + 1), label }))

const zonesWith = (chosen: string) =>
  [...new Set(['UTC', chosen, ...Intl.supportedValuesOf('timeZone')])].map((value) => ({ value }))

/** What holds for every change, whatever the rules. */
export function GeneralForm({ general, fields, onChange }: Props) {
  const { businessHours } = general
  const setHours = (some: Partial<General['businessHours']>) =>
    onChange({ ...general, businessHours: { ...businessHours, ...some } })
  const errorOf = (field: string) => fields?.[`rules.${field}`]?.[0]
  return (
    <Container header={<Header variant="h2">For every change</Header>}>
      <ColumnLayout columns={3}>
        <HoursField
          label="Unanswered requests expire after"
          hours={general.answerHours}
          error={errorOf('answerHours')}
          onChange={(hours) => onChange({ ...general, answerHours: hours ?? 0 })}
        />
        <HoursField
          label="A time-boxed change ends after"
          description="Unless it is asked for with another end."
          hours={general.defaultDurationHours}
          error={errorOf('defaultDurationHours')}
          onChange={(hours) => onChange({ ...general, defaultDurationHours: hours ?? 0 })}
        />
        <FormField
          label="Time zone of business hours"
          errorText={errorOf('businessHours.timeZone')}
        >
          <Select
            options={zonesWith(businessHours.timeZone)}
            filteringType="auto"
            filteringPlaceholder="Find a time zone"
            filteringAriaLabel="Find a time zone"
            selectedOption={{ value: businessHours.timeZone }}
            onChange={({ detail }) => setHours({ timeZone: detail.selectedOption.value ?? 'UTC' })}
          />
        </FormField>
        <DaysField
          chosen={businessHours.days}
          error={errorOf('businessHours.days')}
          onChange={(days) => setHours({ days })}
        />
        <TimeField
          label="Business hours from"
          time={businessHours.from}
          error={errorOf('businessHours.from')}
          onChange={(from) => setHours({ from })}
        />
        <TimeField
          label="Until"
          time={businessHours.to}
          error={errorOf('businessHours.to')}
          onChange={(to) => setHours({ to })}
        />
      </ColumnLayout>
    </Container>
  )
}

type DaysProps = { chosen: readonly number[]; error?: string; onChange(days: number[]): void }

function DaysField({ chosen, error, onChange }: DaysProps) {
  return (
    <FormField label="Business days" errorText={error}>
      <Multiselect
        options={dayOptions}
        hideTokens={false}
        placeholder="Choose days"
        selectedOptions={dayOptions.filter(({ value }) => chosen.includes(Number(value)))}
        onChange={({ detail }) =>
          onChange(detail.selectedOptions.map(({ value }) => Number(value)).sort())
        }
      />
    </FormField>
  )
}

type TimeProps = { label: string; time: string; error?: string; onChange(time: string): void }

function TimeField({ label, time, error, onChange }: TimeProps) {
  return (
    <FormField label={label} errorText={error}>
      <TimeInput
        format="hh:mm"
        placeholder="hh:mm"
        value={time}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  )
}
