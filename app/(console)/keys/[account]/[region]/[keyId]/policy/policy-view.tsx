'use client'

import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { Moment } from '@/components/value/moment'
import { Unknown } from '@/components/value/unknown'
import type { KeyDetail } from '@/lib/inventory/key-detail'
import { JsonText } from '../json-text'

export function PolicyView({ detail: { key, policy } }: { detail: KeyDetail }) {
  if (!policy) return <Box><Unknown why={key.problems.policy?.message} /> {key.problems.policy?.message ?? 'The key policy has not been read yet.'}</Box>
  const bytes = new TextEncoder().encode(policy.text).length
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={<>{bytes.toLocaleString('en')} of 32,768 bytes · read <Moment at={policy.observedAt} /></>}
          actions={<CopyToClipboard copyButtonText="Copy" textToCopy={policy.text} copySuccessText="Copied" copyErrorText="The browser did not allow copying" />}
        >
          Key policy
        </Header>
      }
    >
      <SpaceBetween size="s">
        {bytes > 0.8 * 32_768 && <StatusIndicator type="warning">Over 80 % of the size AWS allows</StatusIndicator>}
        <JsonText text={policy.text} label="Key policy" />
      </SpaceBetween>
    </Container>
  )
}
