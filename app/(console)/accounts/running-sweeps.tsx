'use client'

import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import ProgressBar from '@cloudscape-design/components/progress-bar'
import { BoxTable } from '@/components/table/box-table'
import { sweepWords } from '@/lib/accounts/sweep-words'
import type { RunningSweep } from '@/lib/accounts/read'
import type { Plain } from '@/lib/inventory/plain'

/** What the workers read right now, with numbers. */
export function RunningSweeps({
  running,
  waiting,
}: {
  running: Plain<RunningSweep>[]
  waiting: number
}) {
  return (
    <BoxTable
      variant="container"
      items={running}
      trackBy={(sweep) => `${sweep.accountId} ${sweep.region} ${sweep.kind}`}
      header={
        <Header
          variant="h2"
          counter={`(${running.length})`}
          description={waiting > 0 ? `${waiting} more wait for their turn.` : undefined}
        >
          Syncing now
        </Header>
      }
      empty={<Box textAlign="center">Nothing is being read right now.</Box>}
      columnDefinitions={[
        {
          id: 'what',
          header: 'What',
          isRowHeader: true,
          cell: (sweep) => sweepWords[sweep.kind] ?? sweep.kind,
        },
        {
          id: 'where',
          header: 'Where',
          cell: (sweep) => `${sweep.accountName}${sweep.region ? `, ${sweep.region}` : ''}`,
        },
        {
          id: 'progress',
          header: 'Progress',
          minWidth: 220,
          cell: (sweep) => <Progress sweep={sweep} />,
        },
        {
          id: 'calls',
          header: 'Calls',
          cell: (sweep) =>
            `${sweep.calls.toLocaleString('en')}${sweep.throttled > 0 ? `, ${sweep.throttled} throttled` : ''}`,
        },
        {
          id: 'time',
          header: 'Running',
          cell: (sweep) => (sweep.seconds === null ? '—' : `${Math.round(sweep.seconds)} s`),
        },
      ]}
    />
  )
}

function Progress({ sweep: { itemsDone, itemsTotal, kind } }: { sweep: Plain<RunningSweep> }) {
  if (itemsTotal === null) return <>{itemsDone.toLocaleString('en')} so far</>
  const share = itemsTotal === 0 ? 100 : (100 * itemsDone) / itemsTotal
  return (
    <ProgressBar
      value={share}
      ariaLabel={sweepWords[kind] ?? kind}
      additionalInfo={`${itemsDone.toLocaleString('en')} of ${itemsTotal.toLocaleString('en')}`}
    />
  )
}
