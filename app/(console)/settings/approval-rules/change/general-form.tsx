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

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'].map(
  (label, index) => ({ value: String(index + 1), label }),
)

/** What holds for every change, whatever the rules. */
export function GeneralForm({ general, fields, onChange }: Props) {
  const { businessHours } = general
  const setHours = (some: Partial<General['businessHours']>) =>
    onChange({ ...general, businessHours: { ...businessHours, ...some } })
  const zones = [
    ...new Set(['UTC', businessHours.timeZone, ...Intl.supportedValuesOf('timeZone')]),
  ].map((value) => ({ value }))
  return (
    <Container header={<Header variant="h2">For every change</Header>}>
      <ColumnLayout columns={3}>
        <HoursField
          label="Unanswered requests expire after"
          hours={general.answerHours}
          error={fields?.['rules.answerHours']?.[0]}
          onChange={(hours) => onChange({ ...general, answerHours: hours ?? 0 })}
        />
        <HoursField
          label="A time-boxed change ends after"
          description="Unless it is asked for with another end."
          hours={general.defaultDurationHours}
          error={fields?.['rules.defaultDurationHours']?.[0]}
          onChange={(hours) => onChange({ ...general, defaultDurationHours: hours ?? 0 })}
        />
        <FormField
          label="Time zone of business hours"
          errorText={fields?.['rules.businessHours.timeZone']?.[0]}
        >
          <Select
            options={zones}
            filteringType="auto"
            filteringPlaceholder="Find a time zone"
            filteringAriaLabel="Find a time zone"
            selectedOption={{ value: businessHours.timeZone }}
            onChange={({ detail }) => setHours({ timeZone: detail.selectedOption.value ?? 'UTC' })}
          />
        </FormField>
        <FormField label="Business days" errorText={fields?.['rules.businessHours.days']?.[0]}>
          <Multiselect
            options={days}
            hideTokens={false}
            placeholder="Choose days"
            selectedOptions={days.filter(({ value }) => businessHours.days.includes(Number(value)))}
            onChange={({ detail }) =>
              setHours({ days: detail.selectedOptions.map(({ value }) => Number(value)).sort() })
            }
          />
        </FormField>
        <FormField
          label="Business hours from"
          errorText={fields?.['rules.businessHours.from']?.[0]}
        >
          <TimeInput
            format="hh:mm"
            placeholder="hh:mm"
            value={businessHours.from}
            onChange={({ detail }) => setHours({ from: detail.value })}
          />
        </FormField>
        <FormField label="Until" errorText={fields?.['rules.businessHours.to']?.[0]}>
          <TimeInput
            format="hh:mm"
            placeholder="hh:mm"
            value={businessHours.to}
            onChange={({ detail }) => setHours({ to: detail.value })}
          />
        </FormField>
      </ColumnLayout>
    </Container>
  )
}
