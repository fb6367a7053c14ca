'use client'

import AttributeEditor from '@cloudscape-design/components/attribute-editor'
import Autosuggest from '@cloudscape-design/components/autosuggest'
import Button from '@cloudscape-design/components/button'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Toggle from '@cloudscape-design/components/toggle'
import { useState } from 'react'
import { KeyField } from '@/components/access/key-field'
import { PrincipalField } from '@/components/access/principal-field'
import { askableActions, viaServices } from '@/lib/access/actions'
import type { AskedQuestion } from '@/lib/access/question'

export function AskForm({
  question,
  onAsk,
}: {
  question: AskedQuestion
  onAsk: (question: AskedQuestion) => void
}) {
  const [asked, setAsked] = useState(question)
  const change = (changed: Partial<AskedQuestion>) =>
    setAsked((before) => ({ ...before, ...changed }))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onAsk(asked)
      }}
    >
      <Container>
        <SpaceBetween size="m">
          <PrincipalField value={asked.principal} onChange={(principal) => change({ principal })} />
          <ColumnLayout columns={2}>
            <FormField label="Action" stretch>
              <Autosuggest
                value={asked.action}
                options={askableActions.map((value) => ({ value }))}
                placeholder="kms:Decrypt"
                enteredTextLabel={(text) => `Use "${text}"`}
                onChange={({ detail }) => change({ action: detail.value })}
                empty="No action of KMS is called so"
              />
            </FormField>
            <ServiceField via={asked.via} onChange={(via) => change({ via })} />
          </ColumnLayout>
          <KeyField value={asked.key} onChange={(key) => change({ key })} />
          <Pairs pairs={asked.pairs} onChange={(pairs) => change({ pairs })} />
          <Toggle
            checked={asked.complete}
            onChange={({ detail }) => change({ complete: detail.checked })}
            description={
              'Off: what is not said here may be in the request, and the answer names the ' +
              'conditions it hangs on.'
            }
          >
            Nothing else is in the request
          </Toggle>
          <Button variant="primary" formAction="submit">
            Check
          </Button>
        </SpaceBetween>
      </Container>
    </form>
  )
}

function ServiceField({ via, onChange }: { via: string; onChange: (via: string) => void }) {
  return (
    <FormField
      label="Through a service"
      description="kms:ViaService; empty: the principal calls KMS itself."
      stretch
    >
      <Autosuggest
        value={via}
        options={viaServices.map((value) => ({ value }))}
        placeholder="s3"
        enteredTextLabel={(text) => `Use "${text}"`}
        onChange={({ detail }) => onChange(detail.value)}
        empty="Type its name"
      />
    </FormField>
  )
}

function Pairs({
  pairs,
  onChange,
}: {
  pairs: AskedQuestion['pairs']
  onChange: (pairs: AskedQuestion['pairs']) => void
}) {
  const replace = (index: number, changed: readonly [string, string]) =>
    onChange(pairs.map((pair, at) => (at === index ? changed : pair)))
  return (
    <FormField label="Encryption context" stretch>
      <AttributeEditor
        items={pairs}
        addButtonText="Add a pair"
        removeButtonText="Remove"
        empty="None"
        removeButtonAriaLabel={([name]) => `Remove ${name === '' ? 'this pair' : name}`}
        onAddButtonClick={() => onChange([...pairs, ['', '']])}
        onRemoveButtonClick={({ detail }) =>
          onChange(pairs.filter((_, at) => at !== detail.itemIndex))
        }
        definition={[
          {
            label: 'Key',
            control: ([name, value], index) => (
              <Input
                ariaLabel={`Key ${index + 1}`}
                value={name}
                onChange={({ detail }) => replace(index, [detail.value, value])}
              />
            ),
          },
          {
            label: 'Value',
            control: ([name, value], index) => (
              <Input
                ariaLabel={`Value ${index + 1}`}
                value={value}
                onChange={({ detail }) => replace(index, [name, detail.value])}
              />
            ),
          },
        ]}
      />
    </FormField>
  )
}
