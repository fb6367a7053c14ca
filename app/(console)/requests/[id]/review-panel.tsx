'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import { useState } from 'react'
import { useFlash } from '@/components/shell/flash'
import type { RequestDetail } from '@/lib/changes/read/shapes'
import { reviewBreakGlass } from '../actions'
import { AskWhy } from '../change/ask-why'

/** Break-glass is looked at afterwards by someone else; until then it says so. */
export function ReviewPanel({
  request,
  onDone,
}: {
  request: RequestDetail
  onDone: () => Promise<unknown>
}) {
  const [isReviewing, setReviewing] = useState(false)
  const flash = useFlash()
  if (!request.breakGlass || request.sentAt === null || request.review !== null) return null
  return (
    <>
      <Alert
        type="warning"
        header="The glass was broken, and nobody has reviewed it yet"
        action={request.canReview && <Button onClick={() => setReviewing(true)}>Review</Button>}
      >
        {request.requesterName} sent this to be done without approval; what became of it stands
        below.{' '}
        {request.canReview
          ? 'You can review it.'
          : request.mine
            ? 'Someone else reviews what you did.'
            : 'Someone who may decide here reviews it.'}
      </Alert>
      {isReviewing && (
        <AskWhy
          title="Review"
          label="What you found"
          isRequired
          act={(note) => reviewBreakGlass({ requestId: request.id, note })}
          onClose={() => setReviewing(false)}
          onDone={() => {
            flash.success(`Your review of R-${request.number} stands.`)
            return onDone()
          }}
        >
          <span>
            Say whether the glass was rightly broken, and what follows. It changes nothing in AWS:
            to take something back, end it or make a request.
          </span>
        </AskWhy>
      )}
    </>
  )
}
