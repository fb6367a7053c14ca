'use client'

import { ResourceTable, type TableProps } from '@/components/table/resource-table'
import { Hint } from '@/components/table/table-view'
import { own } from '@/lib/own'
import type { TableAnswer } from '@/lib/table/answer'
import { propertyOf } from '@/lib/table/definition'
import type { EventRow } from '@/lib/trail/event-row'
import { trailCells } from './trail-cells'
import { TrailChart } from './trail-chart'

/** Who used which key, when, from where and for what. */
export function TrailView(props: TableProps<TableAnswer<EventRow>>) {
  const { definition } = props
  return (
    <ResourceTable
      {...props}
      description="Calls of AWS KMS that CloudTrail recorded, as the account that was told of each saw it"
      placeholder="Filter by key, principal, operation, resource or any property"
      cells={trailCells}
      trackBy={(row) => row.id}
      wordOf={(value, facet) => own(propertyOf(definition, facet)?.words ?? {}, value) ?? value}
      notice={({ accounts }) => (
        <TrailChart definition={definition} nameOfAccount={(id) => accounts[id] ?? id} />
      )}
      nothing={() => (
        <Hint title="No CloudTrail events of your accounts">
          Log files are imported on the host: npm run trail -- import PATH…
        </Hint>
      )}
    />
  )
}
