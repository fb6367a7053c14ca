'use client'

import Alert from '@cloudscape-design/components/alert'
import type { ReactNode } from 'react'
import type { Failure } from '@/lib/result'

/** Why something was refused, beside where it was pressed, and read out. */
export function Refusal({ failure, header }: { failure: Failure | null; header?: ReactNode }) {
  return (
    <div role="alert">
      {failure && (
        <Alert type="error" header={header}>
          {failure.message}
        </Alert>
      )}
    </div>
  )
}
