'use client'

import { useHeld } from '@/components/shell/held'
import { ResourceTable, type TableProps } from '@/components/table/resource-table'
import { Hint } from '@/components/table/table-view'
import { own } from '@/lib/own'
import type { TableAnswer } from '@/lib/table/answer'
import { propertyOf } from '@/lib/table/definition'
import type { EventRow } from '@/lib/trail/event-row'
import { trailCells } from './trail-cells'

/** Who used which key, when, from where and for what. */
export function TrailView(props: TableProps<TableAnswer<EventRow>>) {
  const { definition } = props
  return (
    <ResourceTable
      {...props}
      description={<Lead />}
      placeholder="Filter by key, principal, operation, resource or any property"
      cells={trailCells}
      trackBy={(row) => row.id}
      wordOf={(value, facet) => own(propertyOf(definition, facet)?.words ?? {}, value) ?? value}
      notice={() => null}
      nothing={() => (
        <Hint title="No CloudTrail events of your accounts">
          An administrator adds log files in S3 under <a href="/settings/log-files">Settings</a>, or{' '}
          <a href="/trail/import">imports log files</a>.
        </Hint>
      )}
    />
  )
}

function Lead() {
  const mayImport = useHeld().has('trail.manage')
  return (
    <>
      Calls of AWS KMS that CloudTrail recorded, as the account that was told of each saw it
      {mayImport && (
        <>
          . <a href="/trail/import">Import log files</a>
        </>
      )}
    </>
  )
}
