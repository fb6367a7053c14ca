'use client'

import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { useFlash } from '@/components/shell/flash'
import { ChangesSummary } from '@/components/change/labels'
import type { RequestDetail } from '@/lib/changes/read/shapes'
import { cancelChanges } from '../actions'
import { AskWhy } from '../change/ask-why'

/** Title and standing; printing it, and taking it back. */
export function RequestHead({
  request,
  onDone,
  onPrint,
  isReading,
}: {
  request: RequestDetail
  onDone: () => Promise<unknown>
  onPrint: () => void
  /** What is to be printed is being read. */
  isReading: boolean
}) {
  const [isCancelling, setCancelling] = useState(false)
  const flash = useFlash()
  const open = request.changes.filter(({ canCancel }) => canCancel).length
  return (
    <>
      <Header
        variant="h1"
        description={
          <>
            {`Request R-${request.number} by ${request.requesterName} · `}
            <ChangesSummary changes={request.changes} />
          </>
        }
        actions={
          <div className="claviger-acts">
            <SpaceBetween direction="horizontal" size="xs">
              {open > 0 && <Button onClick={() => setCancelling(true)}>Cancel the request</Button>}
              <Button iconName="file" loading={isReading} onClick={onPrint}>
                Print
              </Button>
            </SpaceBetween>
          </div>
        }
      >
        {request.title}
      </Header>
      {isCancelling && (
        <AskWhy
          title="Cancel the request"
          label="Why (optional)"
          isRequired={false}
          onClose={() => setCancelling(false)}
          act={(reason) => cancelChanges({ requestId: request.id, changeId: null, reason })}
          onDone={() => {
            flash.success(`R-${request.number} is cancelled.`)
            return onDone()
          }}
        >
          <span>
            {open === 1
              ? 'The change that was not begun yet is cancelled.'
              : `The ${open} changes that were not begun yet are cancelled.`}{' '}
            What was done already stays as it is.
          </span>
        </AskWhy>
      )}
    </>
  )
}
