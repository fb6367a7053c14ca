'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useCallback, useDeferredValue } from 'react'
import { layOutPolicy } from '@/components/policy/lay-out'
import { PolicyCode, PolicyDiff } from '@/components/policy/policy-code'
import { Field } from './field'
import { useRequestForm } from './form-context'
import { mostPolicyBytes } from '@/lib/kms/policy-size'

const labels = { before: 'Policy as last read', after: 'Asked for' }
const sizeOf = (text: string) =>
  `${new TextEncoder().encode(text).length.toLocaleString('en')} of ${mostPolicyBytes.toLocaleString('en')} bytes`

/** The whole text of a key policy, against the one the key has. */
export function PolicyFields() {
  const {
    form: { keys, values },
    around: { policyText },
    changeValues,
  } = useRequestForm()
  const settled = useDeferredValue(values.policy)
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            `${sizeOf(values.policy)}${values.draftId ? ' · from a draft' : ''}. What it ` +
            'means, who gains and who loses, is shown before it is sent.'
          }
          actions={
            <Button
              formAction="none"
              onClick={() => changeValues({ policy: layOutPolicy(values.policy) })}
            >
              Format
            </Button>
          }
        >
          Key policy
        </Header>
      }
    >
      <SpaceBetween size="m">
        {keys.length > 1 && (
          <Alert type="warning" header="The same text for every key">
            A key policy often names its own account. Look whether this one suits all of them.
          </Alert>
        )}
        {policyText === null && keys.length > 0 && values.policy === '' && (
          <Alert type="info">
            The policy of this key is not known here, so the editor begins empty.
          </Alert>
        )}
        <PolicyText
          at="input.policy"
          label="Key policy asked for. Control Space completes, Escape then Tab leaves."
        />
        {policyText !== null && (
          <ExpandableSection
            headerText="Against the policy as last read"
            defaultExpanded={values.draftId !== null}
          >
            <PolicyDiff
              before={layOutPolicy(policyText)}
              after={layOutPolicy(settled)}
              labels={labels}
            />
          </ExpandableSection>
        )}
      </SpaceBetween>
    </Container>
  )
}

export function PolicyText({ at, label }: { at: string; label: string }) {
  const {
    form: { values },
    changeValues,
  } = useRequestForm()
  const onChange = useCallback((policy: string) => changeValues({ policy }), [changeValues])
  return (
    <Field label="Text" at={[at]}>
      <PolicyCode text={values.policy} label={label} onChange={onChange} />
    </Field>
  )
}
