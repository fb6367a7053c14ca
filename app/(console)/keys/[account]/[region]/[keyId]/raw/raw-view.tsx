'use client'

import Container from '@cloudscape-design/components/container'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { Moment } from '@/components/value/moment'
import type { KeyRaw } from '@/lib/inventory/key-detail'
import { JsonText } from '../json-text'

/** What AWS said, word for word, and what this console keeps of it. */
export function RawView({ raw: { metadata, kept } }: { raw: KeyRaw }) {
  return (
    <SpaceBetween size="l">
      <Raw title="KeyMetadata, as DescribeKey gave it" at={kept.key.describedAt} value={metadata} />
      <Raw title="What Claviger keeps of this key" value={kept} />
    </SpaceBetween>
  )
}

function Raw({ title, at, value }: { title: string; at?: string | null; value: unknown }) {
  const text = JSON.stringify(value ?? null, null, 2)
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            at !== undefined && (
              <>
                read <Moment at={at} missing="never" />
              </>
            )
          }
          actions={
            <CopyToClipboard
              copyButtonText="Copy"
              textToCopy={text}
              copySuccessText="Copied"
              copyErrorText="The browser did not allow copying"
            />
          }
        >
          {title}
        </Header>
      }
    >
      <JsonText text={text} label={title} />
    </Container>
  )
}
