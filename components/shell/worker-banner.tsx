'use client'

import Alert from '@cloudscape-design/components/alert'
import Link from '@cloudscape-design/components/link'
import { Moment } from '@/components/value/moment'
import type { WorkerHealth } from '@/lib/settings/worker-health'

/** On every page while no worker lives, or while something is still in force past its end. */
export function WorkerBanner({ health: { silentSince, overdue } }: { health: WorkerHealth }) {
  if (silentSince === null && overdue === 0) return null
  const late = overdue > 0 && (
    <>
      {' '}
      <Link href="/requests?box=all">{countWords(overdue)}</Link>.
    </>
  )
  if (silentSince === null)
    return (
      <Alert type="error" header="Changes past their end are still in force">
        {late}
      </Alert>
    )
  return (
    <Alert type="error" header="No worker is running">
      {silentSince === 'ever' ? (
        'None has been seen yet.'
      ) : (
        <>
          The last one was seen <Moment at={silentSince} />.
        </>
      )}{' '}
      Until one runs, nothing is synced, approved changes are not carried out, and what has ended is
      not undone.{late}
    </Alert>
  )
}

const countWords = (count: number) =>
  count === 1 ? '1 change is past its end' : `${count} changes are past their end`
