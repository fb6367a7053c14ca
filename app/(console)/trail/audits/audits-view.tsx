'use client'

import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useFrame } from '@/components/shell/page-frame'
import { BoxTable } from '@/components/table/box-table'
import { Identifier } from '@/components/value/identifier'
import { Moment } from '@/components/value/moment'
import type { AuditRow } from '@/lib/changes/usage-audit/usage-audits'

const crumbs = [
  { text: 'Trail', href: '/trail' },
  { text: 'Usage audits', href: '/trail/audits' },
]

const description =
  'Who used which keys in a period, how often, from where, and which changes were made. Kept with ' +
  'its hash, so that it can be made again and compared.'

/** Usage audits that were made, newest first. */
export function AuditsView({ audits }: { audits: readonly AuditRow[] }) {
  useFrame({ breadcrumbs: crumbs })
  return (
    <BoxTable
      variant="full-page"
      header={
        <Header
          variant="h1"
          counter={`(${audits.length})`}
          description={description}
          actions={
            <Button variant="primary" href="/trail/audits/new">
              New usage audit
            </Button>
          }
        >
          Usage audits
        </Header>
      }
      items={audits}
      trackBy="id"
      ariaLabels={{ tableLabel: 'Usage audits' }}
      empty="No usage audit yet of the accounts that you see."
      columnDefinitions={columns}
    />
  )
}

const columns: TableProps.ColumnDefinition<AuditRow>[] = [
  {
    id: 'name',
    header: 'Audit',
    isRowHeader: true,
    cell: ({ id, name }) => <Link href={`/trail/audits/${id}`}>{name}</Link>,
  },
  { id: 'title', header: 'Purpose', cell: ({ title }) => title },
  {
    id: 'period',
    header: 'Period (UTC)',
    cell: ({ from, until }) => (from === until ? from : `${from} to ${until}`),
  },
  { id: 'keys', header: 'Keys', cell: ({ keys }) => keys.toLocaleString('en') },
  { id: 'made', header: 'Made', cell: ({ madeAt }) => <Moment at={madeAt} /> },
  { id: 'by', header: 'By', cell: ({ madeBy }) => madeBy },
  {
    id: 'checked',
    header: 'Made again',
    cell: ({ hash, checkedHash }) =>
      checkedHash === null ? (
        'not yet'
      ) : checkedHash === hash ? (
        <StatusIndicator>Same hash</StatusIndicator>
      ) : (
        <StatusIndicator type="warning">Differs</StatusIndicator>
      ),
  },
  { id: 'hash', header: 'SHA-256', cell: ({ hash }) => <Identifier text={hash} most={16} /> },
]
