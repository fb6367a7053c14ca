'use client'

import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { useFlash } from '@/components/shell/flash'
import { useHeld } from '@/components/shell/held'
import type { ChangeStatus } from '@/lib/change-status'
import type { ChangeDetail } from '@/lib/changes/read/shapes'
import { cancelChanges, endNow } from '../actions'
import { AskWhy } from './ask-why'

const over: readonly ChangeStatus[] = [
  'failed',
  'drifted',
  'rejected',
  'cancelled',
  'expired',
  'reverted',
  'revertFailed',
]
type Props = { change: ChangeDetail; requestId: string; onDone: () => Promise<unknown> }

/**
 * What one can still do about one change, besides deciding: end it, prolong
 * it, take it back, ask again.
 */
export function ChangeActs({ change, requestId, onDone }: Props) {
  const [asks, setAsks] = useState<'end' | 'cancel' | null>(null)
  const mayCreate = useHeld().has('requests.create')
  const flash = useFlash()
  const { id, title, status, canEnd, canCancel } = change
  const again = `/requests/new?from=${id}`
  const isExtensible =
    mayCreate && status === 'applied' && change.endsAt !== null && change.endAskedAt === null
  const isRepeatable = mayCreate && over.includes(status)
  if (!canEnd && !canCancel && !isExtensible && !isRepeatable) return null
  return (
    <div className="claviger-acts">
      <SpaceBetween direction="horizontal" size="xs">
        {canEnd && (
          <Button ariaLabel={`End now: ${title}`} onClick={() => setAsks('end')}>
            End now
          </Button>
        )}
        {isExtensible && (
          <Button ariaLabel={`Extend: ${title}`} href={again}>
            Extend
          </Button>
        )}
        {canCancel && (
          <Button ariaLabel={`Cancel this change: ${title}`} onClick={() => setAsks('cancel')}>
            Cancel this change
          </Button>
        )}
        {isRepeatable && (
          <Button ariaLabel={`Make a new request from this one: ${title}`} href={again}>
            Make a new request from this one
          </Button>
        )}
      </SpaceBetween>
      {asks === 'end' && (
        <EndDialog
          change={change}
          onClose={() => setAsks(null)}
          onDone={() => {
            flash.success(`A worker ends it now: ${title}`)
            return onDone()
          }}
        />
      )}
      {asks === 'cancel' && (
        <CancelDialog
          change={change}
          requestId={requestId}
          onClose={() => setAsks(null)}
          onDone={() => {
            flash.success(`Cancelled: ${title}`)
            return onDone()
          }}
        />
      )}
    </div>
  )
}

type DialogProps = Pick<Props, 'change' | 'onDone'> & { onClose(): void }

function EndDialog({ change: { id, title, preflight }, ...closing }: DialogProps) {
  return (
    <AskWhy
      title="End now"
      label="Why"
      isRequired
      act={(reason) => endNow({ changeId: id, reason })}
      {...closing}
    >
      <span>
        {title}. {preflight.undo ?? 'What it made is undone.'} This needs no approval, since it was
        approved to end.
      </span>
    </AskWhy>
  )
}

function CancelDialog({
  change: { id, title },
  requestId,
  ...closing
}: DialogProps & Pick<Props, 'requestId'>) {
  return (
    <AskWhy
      title="Cancel this change"
      label="Why (optional)"
      isRequired={false}
      act={(reason) => cancelChanges({ requestId, changeId: id, reason })}
      {...closing}
    >
      <span>
        {title}. Nothing was sent to AWS for it, and nothing will be. The other changes of this
        request stay.
      </span>
    </AskWhy>
  )
}
