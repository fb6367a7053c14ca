'use client'

import { ReasonDialog } from '@/components/review/reason-dialog'
import type { OutOfBandRow } from '@/lib/changes/match/out-of-band-row'
import { nameOfPrincipal } from '@/lib/trail/principal'
import { reviewOutOfBandChange } from './actions'

export type ReviewAct = { row: OutOfBandRow; decision: 'explained' | 'accepted' }

const words = {
  explained: {
    title: 'Explain a change out of band',
    button: 'Keep explanation',
    label: 'How it came about',
    done: 'Explained.',
    means: 'This changes nothing in AWS. It says to the others how it came about.',
  },
  accepted: {
    title: 'Accept a change out of band',
    button: 'Accept',
    label: 'Reason',
    done: 'Accepted.',
    means: 'This changes nothing in AWS. It says that what was changed can stay.',
  },
} as const

type Props = { act: ReviewAct; onClose: () => void; onDone: () => void }

export function ReviewDialog({ act: { row, decision }, ...ends }: Props) {
  const { means, ...said } = words[decision]
  return (
    <ReasonDialog
      {...said}
      {...ends}
      about={`${row.operation} by ${nameOfPrincipal(row.principal)}. ${means}`}
      reason={row.reason ?? ''}
      send={(reason) =>
        reviewOutOfBandChange({ accountId: row.account, eventId: row.event, decision, reason })
      }
    />
  )
}
