'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ReactNode } from 'react'
import { hrefOfRequest } from '@/components/request/href-of-request'
import { useClock } from '@/components/value/clock'
import { Moment } from '@/components/value/moment'
import { traits as deletionCancel } from '@/lib/changes/kinds/deletion-cancel/traits'
import { traits as keyEnable } from '@/lib/changes/kinds/key-enable/traits'
import { whyNot, type KindTraits } from '@/lib/changes/kinds/traits'
import type { KeyRow } from '@/lib/inventory/key-detail'

/** Material that expires sooner than this is worth a banner. */
const expiryNoticeDays = 30

type Props = { detailKey: KeyRow; pausedAt: string | null; mayRequest: boolean }

/** What is wrong with this key and what to do about it: above every tab. */
export function KeyNotices({ detailKey: key, pausedAt, mayRequest }: Props) {
  const offer = (kind: KindTraits, text: string) =>
    mayRequest &&
    whyNot(kind, key) === null && <Button href={hrefOfRequest(kind.name, [key.arn])}>{text}</Button>
  return (
    <SpaceBetween size="xs">
      {key.goneAt && (
        <Alert type="warning" header="This key is no longer observed">
          Two complete listings in a row did not name it, or its account was removed from Claviger.
          What stands here was known before <Moment at={key.goneAt} />.
        </Alert>
      )}
      <StateNotice detailKey={key} offer={offer} />
      <ExpiryNotice detailKey={key} />
      {pausedAt && (
        <Alert type="info" header={`Account ${key.account.name} is paused`}>
          Its data is no longer updated since <Moment at={pausedAt} />. Approved changes and ends
          are still carried out.
        </Alert>
      )}
      {key.problems.describe && (
        <Alert type="warning" header="Access denied: Claviger cannot read this key">
          {key.problems.describe.message} Fields below are unknown, not empty.
        </Alert>
      )}
    </SpaceBetween>
  )
}

type StateProps = { detailKey: KeyRow; offer: (kind: KindTraits, text: string) => ReactNode }

function StateNotice({ detailKey: key, offer }: StateProps) {
  switch (key.keyState) {
    case 'PendingDeletion':
      return (
        <Alert
          type="error"
          header="Scheduled for deletion"
          action={offer(deletionCancel, 'Cancel deletion…')}
        >
          KMS deletes it <Moment at={key.deletionAt} missing="at an unknown time" />. After that
          nothing encrypted under it can be decrypted. Until then deletion can be cancelled; the key
          is Disabled afterwards.
        </Alert>
      )
    case 'PendingReplicaDeletion':
      return (
        <Alert
          type="error"
          header="Waits for its replicas to be deleted"
          action={offer(deletionCancel, 'Cancel deletion…')}
        >
          The waiting period of {key.pendingWindowDays ?? 'an unknown number of'} days begins when
          the last replica is gone.
        </Alert>
      )
    case 'Disabled':
      return (
        <Alert type="warning" header="Disabled" action={offer(keyEnable, 'Enable…')}>
          KMS refuses every use of this key until it is enabled. A key is also Disabled after its
          deletion was cancelled.
        </Alert>
      )
    case 'PendingImport':
      return (
        <Alert type="error" header="Pending import">
          It has no key material, or its material expired or was deleted: KMS refuses every use.
          Import the same key material again; other material cannot decrypt what was encrypted
          before.
        </Alert>
      )
    case 'Unavailable':
      return (
        <Alert type="error" header="Unavailable">
          Its custom key store {key.customKeyStoreId ?? ''} is not connected: KMS refuses every use.
          Reconnect the store.
        </Alert>
      )
    default:
      return null
  }
}

function ExpiryNotice({ detailKey: key }: { detailKey: KeyRow }) {
  const now = useClock(60_000)
  if (!key.validTo || key.keyState === 'PendingImport' || now === null) return null
  if (Date.parse(key.validTo) - now > expiryNoticeDays * 86_400_000) return null
  return (
    <Alert type="warning" header="Key material expires soon">
      It expires <Moment at={key.validTo} />. Import the same material again before; from then on
      KMS refuses every use.
    </Alert>
  )
}
