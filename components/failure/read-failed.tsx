'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'

type Props = { header: string; message: string; isRetrying: boolean; onRetry(): void }

/** In place of what could not be read: that it failed, why, and a button to read again. */
export function ReadFailed({ header, message, isRetrying, onRetry }: Props) {
  return (
    <Alert
      type="error"
      header={header}
      action={
        <Button loading={isRetrying} onClick={onRetry}>
          Try again
        </Button>
      }
    >
      {message}
    </Alert>
  )
}
