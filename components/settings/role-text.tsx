'use client'

import Container from '@cloudscape-design/components/container'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import Header from '@cloudscape-design/components/header'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState, type ReactNode } from 'react'

const forms = [
  { id: 'cloudFormation', text: 'CloudFormation' },
  { id: 'terraform', text: 'Terraform' },
  { id: 'json', text: 'JSON' },
] as const
type Form = (typeof forms)[number]['id']

/** A role to deploy, to copy, in the form that one chooses. */
export function RoleText({
  title,
  lead,
  texts,
  children,
}: {
  title: string
  lead: string
  texts: Record<Form, string>
  children?: ReactNode
}) {
  const [form, setForm] = useState<Form>('cloudFormation')
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={lead}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <SegmentedControl
                label={`Form of ${title}`}
                selectedId={form}
                options={[...forms]}
                onChange={({ detail }) =>
                  setForm(forms.find(({ id }) => id === detail.selectedId)?.id ?? 'json')
                }
              />
              <CopyToClipboard
                copyButtonText="Copy"
                textToCopy={texts[form]}
                copySuccessText="Copied"
                copyErrorText="The browser did not allow copying"
              />
            </SpaceBetween>
          }
        >
          {title}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {children}
        <pre
          className="claviger-json"
          tabIndex={0}
          role="region"
          aria-label={`${title} as ${form}`}
        >
          {texts[form]}
        </pre>
      </SpaceBetween>
    </Container>
  )
}
