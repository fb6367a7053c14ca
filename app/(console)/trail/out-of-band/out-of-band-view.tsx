'use client'

import Alert from '@cloudscape-design/components/alert'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ResourceTable, type TableProps } from '@/components/table/resource-table'
import { Hint } from '@/components/table/table-view'
import { reachesAccount, type Scope } from '@/lib/auth/permissions'
import type { OutOfBandRow } from '@/lib/changes/match/out-of-band-row'
import type { MatchingCoverage } from '@/lib/changes/match/out-of-band-source'
import { own } from '@/lib/own'
import type { TableAnswer } from '@/lib/table/answer'
import { propertyOf } from '@/lib/table/definition'
import { outOfBandCells } from './out-of-band-cells'
import { ReviewDialog, type ReviewAct } from './review-dialog'

type Answer = TableAnswer<OutOfBandRow> & { coverage: MatchingCoverage }
type Props = TableProps<Answer> & { reviews: Scope | null; requests: Scope | null }

/** While events wait for their judgement the page looks again by itself. */
const lookAgainMs = 5_000

/** Changes of keys that CloudTrail recorded and nobody requested here. */
export function OutOfBandView({ reviews, requests, ...table }: Props) {
  const queries = useQueryClient()
  const [act, setAct] = useState<ReviewAct | null>(null)
  const { definition } = table
  return (
    <>
      <ResourceTable
        {...table}
        description="Changes of keys and grants that CloudTrail recorded and nobody requested here"
        placeholder="Filter by operation, principal, key or any property"
        cells={outOfBandCells({
          mayReview: ({ account }) => reachesAccount(reviews, account),
          mayRequest: ({ account }) => reachesAccount(requests, account),
          act: setAct,
        })}
        trackBy={(row) => row.id}
        wordOf={(value, facet) => own(propertyOf(definition, facet)?.words ?? {}, value) ?? value}
        readAgainMs={({ coverage }) => coverage.waiting && lookAgainMs}
        notice={({ coverage }) => <Unseen coverage={coverage} />}
        nothing={(answer) => (
          <Hint title={nothingWords(answer?.coverage)}>
            Changes from before an account was connected are left out: filter by Review to see them.
          </Hint>
        )}
      />
      {act && (
        <ReviewDialog
          act={act}
          onClose={() => setAct(null)}
          onDone={() => {
            setAct(null)
            void queries.invalidateQueries({ queryKey: [definition.name] })
          }}
        />
      )}
    </>
  )
}

const nothingWords = (coverage: MatchingCoverage | undefined) =>
  !coverage || coverage.unseen === coverage.accounts
    ? 'No CloudTrail events of your accounts, so no change can be compared'
    : 'Every change that the trail saw was requested here'

/** What these rows cannot say: accounts of which the trail has seen nothing. */
function Unseen({ coverage: { accounts, unseen } }: { coverage: MatchingCoverage }) {
  if (unseen === 0 || accounts === 0) return null
  return (
    <Alert type="warning">
      <strong>Incomplete list.</strong> The trail has no events of {unseen.toLocaleString('en')} of
      your {accounts.toLocaleString('en')} accounts: what was changed there around Claviger is
      unknown.
    </Alert>
  )
}
