'use client'

import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import Header from '@cloudscape-design/components/header'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { Moment } from '@/components/value/moment'
import type { KeyPolicy } from '@/lib/inventory/key-detail'
import { mostPolicyBytes } from '@/lib/kms/policy-size'

export const bytesOf = (text: string): number => new TextEncoder().encode(text).length

export function Size({ bytes }: { bytes: number }) {
  const said = `${bytes.toLocaleString('en')} of ${mostPolicyBytes.toLocaleString('en')} bytes`
  if (bytes > mostPolicyBytes)
    return <StatusIndicator type="error">{said}: KMS refuses it</StatusIndicator>
  if (bytes > 0.8 * mostPolicyBytes)
    return <StatusIndicator type="warning">{said}: over 80 %</StatusIndicator>
  return <span>{said}</span>
}

export type ShownPolicy = {
  policyOf: KeyPolicy['key']
  /** As it is shown and talked about: laid out where it has no lines. */
  text: string
  /** As KMS has it. */
  stored: string
  observedAt: string
}

export function PolicyHeader({
  title,
  text,
  stored,
  observedAt,
}: Omit<ShownPolicy, 'policyOf'> & { title: string }) {
  return (
    <Header
      variant="h2"
      description={
        <>
          <Size bytes={bytesOf(stored)} /> · read <Moment at={observedAt} />
          {text !== stored && ' · laid out here, stored without line breaks'}
        </>
      }
      actions={
        <CopyToClipboard
          copyButtonText="Copy"
          textToCopy={stored}
          copySuccessText="Copied as KMS has it"
          copyErrorText="The browser did not allow copying"
        />
      }
    >
      {title}
    </Header>
  )
}
