'use client'

import Alert from '@cloudscape-design/components/alert'
import Input from '@cloudscape-design/components/input'
import Link from '@cloudscape-design/components/link'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { keyPathOf } from '@/lib/kms/arn'
import { quotas } from '@/lib/kms/quotas'
import { Field } from './field'
import { useRequestForm } from './form-context'
import { labelOfKey } from './label-of-key'

/** Of more keys the form links none: their pages do. */
const mostLinked = 10

/** How long AWS waits before it destroys a key. */
export function WaitingPeriod() {
  const {
    form: { values },
    keys,
    changeValues,
  } = useRequestForm()
  const days = Number(values.pendingWindowInDays)
  return (
    <SpaceBetween size="m">
      <Alert
        type="warning"
        header="Once the key is deleted, what it encrypted can never be read again"
      >
        Every use of the key is refused as soon as this is done. During the waiting period the
        deletion can be cancelled; after it nobody, AWS included, can bring the key back. If you
        only want it out of use, disable it.
        {keys.length > 0 && keys.length <= mostLinked && (
          <div>
            What might depend on it:{' '}
            {keys.map((key) => (
              <span key={key.arn}>
                <Link href={`${keyPathOf(key.arn) ?? '/keys'}/deletion`} external>
                  {labelOfKey(key)}
                </Link>{' '}
              </span>
            ))}
          </div>
        )}
      </Alert>
      <Field
        label="Waiting period in days"
        at={['input.pendingWindowInDays']}
        hint="7 to 30"
        description={
          '30 leaves the longest time for whoever still needs the key to notice: what reads ' +
          'old data once a month fails in it, too.'
        }
      >
        <Input
          type="number"
          inputMode="numeric"
          value={values.pendingWindowInDays}
          onChange={({ detail }) => changeValues({ pendingWindowInDays: detail.value })}
        />
      </Field>
      {days >= 7 && days < 30 && (
        <Alert type="info">
          {30 - days} {30 - days === 1 ? 'day' : 'days'} less to notice than with the longest
          period.
        </Alert>
      )}
    </SpaceBetween>
  )
}

/** How often KMS makes new key material. */
export function PeriodField() {
  const {
    form: { values },
    keys,
    changeValues,
  } = useRequestForm()
  const now = keys.flatMap(({ rotation, rotationPeriodDays, aliases, keyId }) =>
    rotation === 'on'
      ? [`${aliases[0] ?? keyId}: every ${rotationPeriodDays ?? 'unknown number of'} days`]
      : [],
  )
  return (
    <Field
      label="Rotation period in days"
      at={['input.rotationPeriodInDays']}
      hint="90 to 2,560; 365 is usual"
      description={
        'Older key material still decrypts what it ' +
        `encrypted.${now.length > 0 ? ` Rotated now: ${now.join(', ')}.` : ''}`
      }
    >
      <Input
        type="number"
        inputMode="numeric"
        value={values.rotationPeriodInDays}
        onChange={({ detail }) => changeValues({ rotationPeriodInDays: detail.value })}
      />
    </Field>
  )
}

/** One quota and the value wished for. */
export function QuotaFields() {
  const {
    form: { values },
    changeValues,
  } = useRequestForm()
  const chosen = quotas.find(({ code }) => code === values.quotaCode)
  const other =
    values.quotaCode !== '' && !chosen
      ? [{ value: values.quotaCode, label: values.quotaCode, description: 'as it was asked for' }]
      : []
  const options = [
    ...other,
    ...quotas.map(({ code, name, usual }) => ({
      value: code,
      label: name,
      description: `AWS gives ${usual} by default`,
      tags: [code],
    })),
  ]
  return (
    <SpaceBetween size="m">
      <Field
        label="Quota"
        at={['input.quotaCode']}
        description="Those of KMS that AWS raises. Each holds for one account and Region."
      >
        <Select
          filteringType="auto"
          selectedOption={options.find(({ value }) => value === values.quotaCode) ?? null}
          options={options}
          placeholder="Choose a quota"
          onChange={({ detail }) => changeValues({ quotaCode: detail.selectedOption.value ?? '' })}
        />
      </Field>
      <Field
        label="Value wished for"
        at={['input.desiredValue']}
        hint="A number above the present value"
        description={
          'What it is now is read from AWS by the ' +
          `preview${chosen ? `; AWS gives ${chosen.usual} by default` : ''}.`
        }
      >
        <Input
          type="number"
          inputMode="numeric"
          value={values.desiredValue}
          onChange={({ detail }) => changeValues({ desiredValue: detail.value })}
        />
      </Field>
    </SpaceBetween>
  )
}
