'use client'

import Button from '@cloudscape-design/components/button'
import { CoverageNotice } from '@/components/table/coverage-notice'
import { ResourceTable, type TableProps } from '@/components/table/resource-table'
import { Hint } from '@/components/table/table-view'
import { ClockProvider } from '@/components/value/clock'
import type { GrantsAnswer } from '@/lib/grants/grants-source'
import type { Asking } from './asking'
import { cannotChoose, GrantActs } from './grant-acts'
import { grantCells, grantWord } from './grant-cells'
import { granteeOf } from './grant-names'

/** Every grant there is, what is worth a look about it, and asking for its end. */
export function GrantsView({ asking, ...table }: TableProps<GrantsAnswer> & { asking: Asking }) {
  return (
    <ResourceTable
      {...table}
      description="Who can use which key by a grant, in every connected account and Region"
      placeholder="Filter grants by any property or text"
      cells={grantCells}
      trackBy={(row) => `${row.keyArn} ${row.grantId}`}
      wordOf={grantWord}
      notice={({ coverage }) => <CoverageNotice coverage={coverage} />}
      nothing={(answer) => <NothingYet accounts={answer?.coverage.accounts} />}
      selection={
        asking
          ? {
              isDisabled: cannotChoose(asking),
              labelOf: (row) => `Choose the grant to ${granteeOf(row)}`,
              actions: (chosen) => <GrantActs chosen={chosen} asking={asking} />,
            }
          : undefined
      }
      around={(children, { now }, receivedAt) => (
        <ClockProvider now={now} receivedAt={receivedAt}>
          {children}
        </ClockProvider>
      )}
    />
  )
}

function NothingYet({ accounts }: { accounts: number | undefined }) {
  if (accounts === 0)
    return (
      <Hint title="No account is connected, so no grants are known">
        <Button href="/accounts">Connect an account</Button>
      </Hint>
    )
  return (
    <Hint
      title={
        'No grants were found so far. They are read after the keys, slowly, since AWS allows few ' +
        'such calls'
      }
    >
      <Button href="/accounts">See the syncs</Button>
    </Hint>
  )
}
