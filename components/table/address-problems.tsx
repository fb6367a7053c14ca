'use client'

import Alert from '@cloudscape-design/components/alert'

/** What an address said that its table does not understand: left out, but not unseen. */
export function AddressProblems({ problems }: { problems: readonly string[] }) {
  return (
    <Alert
      type="warning"
      header="Part of this address was not understood, so more might be shown than was meant"
    >
      {problems.join(' ')}
    </Alert>
  )
}
