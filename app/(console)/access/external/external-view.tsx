'use client'

import Button from '@cloudscape-design/components/button'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ResourceTable, type TableProps } from '@/components/table/resource-table'
import { Hint } from '@/components/table/table-view'
import { Moment } from '@/components/value/moment'
import type { ExternalAnswer } from '@/lib/access/external-source'
import { reachesAccount, type Scope } from '@/lib/auth/permissions'
import { externalCells, externalWord } from './external-cells'
import { ExternalGaps } from './external-gaps'
import { ReviewDialog, type ReviewAct } from './review-dialog'

/** While keys wait for their evaluation the page looks again by itself. */
const lookAgainMs = 5_000

/**
 * Which keys can be used from beyond their account, by whom and by what, and what was decided about
 * it.
 */
export function ExternalView({
  reviews,
  ...table
}: TableProps<ExternalAnswer> & { reviews: Scope | null }) {
  const queries = useQueryClient()
  const [act, setAct] = useState<ReviewAct | null>(null)
  return (
    <>
      <ResourceTable
        {...table}
        description={(answer) => <Description answer={answer} />}
        placeholder="Filter by key, principal, account or any property"
        cells={externalCells(
          (row) => reviews !== null && reachesAccount(reviews, row.key.accountId),
          setAct,
        )}
        trackBy={(row) => `${row.keyArn} ${row.principal}`}
        wordOf={externalWord}
        readAgainMs={({ coverage }) => coverage.waiting > 0 && lookAgainMs}
        notice={({ coverage }) => <ExternalGaps coverage={coverage} />}
        nothing={(answer) => (
          <Hint title={nothingWords(answer)}>
            <Button href="/accounts">See coverage</Button>
          </Hint>
        )}
      />
      {act && (
        <ReviewDialog
          act={act}
          onClose={() => setAct(null)}
          onDone={() => {
            setAct(null)
            void queries.invalidateQueries({ queryKey: [table.definition.name] })
          }}
        />
      )}
    </>
  )
}

function Description({ answer }: { answer: ExternalAnswer | undefined }) {
  if (!answer) return 'Keys that principals of other accounts can use'
  const { keys, organizationRead } = answer.coverage
  return (
    <>
      Keys that principals of other accounts can use; {keys.toLocaleString('en')} keys evaluated.{' '}
      Organization read <Moment at={organizationRead} missing="never" />. AWS services are not
      listed.
    </>
  )
}

function nothingWords(answer: ExternalAnswer | undefined): string {
  if (!answer || answer.coverage.keys === 0) return 'No key has been evaluated yet'
  if (answer.coverage.waiting > 0) return 'No external access found so far'
  return 'No key that could be read can be used from outside its account'
}
