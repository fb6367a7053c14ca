'use client'

import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useHeld } from '@/components/shell/held'
import { ResourceTable, type TableProps } from '@/components/table/resource-table'
import { Hint } from '@/components/table/table-view'
import { own } from '@/lib/own'
import type { TableAnswer } from '@/lib/table/answer'
import { propertyOf } from '@/lib/table/definition'
import type { EventRow } from '@/lib/trail/event-row'
import type { Unseen } from '@/lib/trail/unseen'
import { trailCells } from './trail-cells'
import { TrailChart } from './trail-chart'
import { UnseenNotice } from './unseen-notice'

/** Who used which key, when, from where and for what. */
export function TrailView(props: TableProps<TableAnswer<EventRow> & { unseen: Unseen }>) {
  const { definition } = props
  return (
    <ResourceTable
      {...props}
      description={<Lead />}
      placeholder="Filter by key, principal, operation, resource or any property"
      cells={trailCells}
      trackBy={(row) => row.id}
      wordOf={(value, facet) => own(propertyOf(definition, facet)?.words ?? {}, value) ?? value}
      notice={({ accounts, unseen }) => (
        <SpaceBetween size="xs">
          <UnseenNotice {...unseen} />
          <TrailChart definition={definition} nameOfAccount={(id) => accounts[id] ?? id} />
        </SpaceBetween>
      )}
      nothing={() => (
        <Hint title="No CloudTrail events of your accounts">
          They come by LookupEvents and from log files: <Link href="/trail/sources">Sources</Link>.
          An administrator adds log files in S3 under{' '}
          <Link href="/settings/log-files">Settings</Link>, or{' '}
          <Link href="/trail/import">imports log files</Link>.
        </Hint>
      )}
    />
  )
}

function Lead() {
  const mayImport = useHeld().has('trail.manage')
  return (
    <>
      Calls of AWS KMS that CloudTrail recorded, as the account that was told of each saw it.{' '}
      <Link href="/trail/sources">Sources</Link>
      {mayImport && (
        <>
          {' · '}
          <Link href="/trail/import">Import log files</Link>
        </>
      )}
    </>
  )
}
