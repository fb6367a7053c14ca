'use client'

import { FailedView } from '@/components/failure/failed-view'

/**
 * What page() could not catch: a fault while drawing. Next logs it on the server under the digest.
 */
export default function ErrorPage({ error }: { error: Error & { digest?: string } }) {
  const ref = error.digest
  return (
    <FailedView
      failure={{
        code: 'unexpected',
        message: ref
          ? `Something failed on our side. Reference ${ref}.`
          : 'Something failed in this browser.',
        ref,
      }}
    />
  )
}
