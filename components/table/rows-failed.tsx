'use client'

import { ReadFailed } from '@/components/failure/read-failed'
import type { Failure } from '@/lib/result'

type Props = { header: string; failure: Failure; isRetrying: boolean; onRetry(): void }

/** In place of the rows of a table that could not be read. */
export function RowsFailed({ header, failure, isRetrying, onRetry }: Props) {
  return (
    <div data-failure={failure.code} style={{ textAlign: 'start' }}>
      <ReadFailed
        header={header}
        message={failure.message}
        isRetrying={isRetrying}
        onRetry={onRetry}
      />
    </div>
  )
}
