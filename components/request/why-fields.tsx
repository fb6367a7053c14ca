'use client'

import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { Field } from './field'
import { useRequestForm } from './form-context'

/** What who decides reads first. */
export function WhyFields() {
  const { form, change } = useRequestForm()
  return (
    <Container header={<Header variant="h2">Why</Header>}>
      <SpaceBetween size="m">
        <Field
          label="Justification"
          at={['justification']}
          description="Who decides reads this first: what it is for, and what happens without it."
        >
          <Textarea
            value={form.justification}
            rows={4}
            ariaRequired
            onChange={({ detail }) => change({ justification: detail.value })}
          />
        </Field>
        <Field
          label="Ticket"
          at={['ticket']}
          optional
          description="A link or a number. Some changes need one, by the approval rules."
        >
          <Input
            value={form.ticket}
            onChange={({ detail }) => change({ ticket: detail.value })}
            placeholder="https://tickets.example.com/OPS-1234"
          />
        </Field>
        <Field
          label="Title"
          at={['title']}
          optional
          description="Empty: made from what is asked for."
        >
          <Input value={form.title} onChange={({ detail }) => change({ title: detail.value })} />
        </Field>
      </SpaceBetween>
    </Container>
  )
}
