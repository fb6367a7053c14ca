'use client'

import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { Field } from './field'
import { useRequestForm } from './form-context'

/** Which grant: usually filled in by the page that led here. */
export function GrantIdField() {
  const {
    form: { values },
    changeValues,
  } = useRequestForm()
  return (
    <Field
      label="Grant ID"
      at={['input.grantId']}
      description="As the Grants tab of the key lists it. What it allows, and to whom, is shown by the preview."
      hint="64 letters and digits"
    >
      <Input
        value={values.grantId}
        onChange={({ detail }) => changeValues({ grantId: detail.value })}
      />
    </Field>
  )
}

export function AdoptFields() {
  const {
    form: { values },
    changeValues,
  } = useRequestForm()
  return (
    <SpaceBetween size="m">
      <GrantIdField />
      <Field
        label="Owner"
        at={['input.owner']}
        description="Who answers for it from now on: a team or a person."
      >
        <Input
          value={values.owner}
          onChange={({ detail }) => changeValues({ owner: detail.value })}
        />
      </Field>
      <Field label="Why it exists" at={['input.reason']}>
        <Textarea
          value={values.reason}
          rows={2}
          onChange={({ detail }) => changeValues({ reason: detail.value })}
        />
      </Field>
    </SpaceBetween>
  )
}
