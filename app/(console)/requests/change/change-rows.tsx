'use client'

import Box from '@cloudscape-design/components/box'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ReactNode } from 'react'
import { riskWords, sayStatus, isOverdue } from '@/components/change/words'
import { ReadFailed } from '@/components/failure/read-failed'
import { useClock } from '@/components/value/clock'
import type { ChangeDetail, ChangeRow, RequestDetail } from '@/lib/changes/read/shapes'
import { ChangeCard } from './change-card'
import { sayAsked, wantsReader } from '@/components/change/say-asked'
import { useWholeChange, type useOpened } from './use-whole-changes'

type Props = {
  request: RequestDetail
  changes: readonly ChangeRow[]
  opening: Pick<ReturnType<typeof useOpened>, 'opened' | 'set'>
  /** What stands below an open change. */
  footer: (change: ChangeDetail) => ReactNode
}

/**
 * Many changes, a row each: first those that want something of the reader or went wrong. One that
 * is opened is read whole and stands below its row.
 */
export function ChangeRows({ changes, ...props }: Props) {
  const now = useClock(5_000)
  const first = changes.filter((change) => wantsReader(change, now))
  const others = changes.filter((change) => !wantsReader(change, now))
  return (
    <SpaceBetween size="l">
      <Group title="Needs attention" changes={first} {...props} />
      <Group title={first.length > 0 ? 'Other changes' : 'Changes'} changes={others} {...props} />
    </SpaceBetween>
  )
}

function Group({ title, changes, ...props }: Props & { title: string }) {
  if (changes.length === 0) return null
  return (
    <section>
      <Box variant="h2" padding={{ bottom: 'xs' }}>
        {title} <span className="claviger-group-count">({changes.length})</span>
      </Box>
      <Box>
        <ol className="claviger-rows">
          {changes.map((change) => (
            <Row key={change.id} change={change} {...props} />
          ))}
        </ol>
      </Box>
    </section>
  )
}

function Row({
  change,
  request,
  opening: { opened, set },
  footer,
}: Omit<Props, 'changes'> & { change: ChangeRow }) {
  const now = useClock(5_000)
  const isOpen = opened.has(change.id)
  const { position, title, kindLabel, keyLabel, keyArn, accountName, region, risk, status } = change
  const asked = sayAsked(change)
  return (
    <li id={isOpen ? undefined : `change-${position}`} tabIndex={-1}>
      <div className="claviger-row">
        <button
          type="button"
          className="claviger-row-title"
          aria-expanded={isOpen}
          onClick={() => set(change.id, !isOpen)}
        >
          {`${position}. ${title}`}
        </button>
        <span>
          {kindLabel}
          {keyArn && (
            <>
              {' · '}
              <span title={keyArn}>{keyLabel?.replace(/^alias\//, '')}</span>
            </>
          )}
        </span>
        <span>{[accountName ?? 'This installation', region].filter(Boolean).join(' ')}</span>
        <span data-status={isOverdue(change, now) ? 'overdue' : status}>
          {sayStatus(change, now)}
        </span>
        <span data-risk={risk}>{`${riskWords[risk]} risk`}</span>
        <span>{asked}</span>
      </div>
      {isOpen && <Opened change={change} request={request} footer={footer} />}
    </li>
  )
}

function Opened({
  change: row,
  request,
  footer,
}: Pick<Props, 'request' | 'footer'> & { change: ChangeRow }) {
  const { change, failure, isRetrying, retry } = useWholeChange(request, row)
  return (
    <div className="claviger-row-whole" aria-busy={!change && !failure}>
      {failure && (
        <ReadFailed
          header="The change could not be loaded"
          message={failure.message}
          isRetrying={isRetrying}
          onRetry={retry}
        />
      )}
      {!change && !failure && <Box color="text-body-secondary">Loading the change…</Box>}
      {change && (
        <ChangeCard change={change} of={request.changes.length} breakGlass={request.breakGlass}>
          {footer(change)}
        </ChangeCard>
      )}
    </div>
  )
}
