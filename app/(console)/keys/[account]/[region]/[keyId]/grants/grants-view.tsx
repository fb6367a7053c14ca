'use client'

import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import { useState, type ReactNode } from 'react'
import type { Asking } from '@/app/(console)/grants/asking'
import { cannotChoose, GrantActs, stillShown } from '@/app/(console)/grants/grant-acts'
import { Grantee, grantWord, Principal } from '@/app/(console)/grants/grant-cells'
import { GrantFlags } from '@/app/(console)/grants/grant-flags'
import { GrantEnd, GrantReason } from '@/app/(console)/grants/grant-reason'
import { granteeOf } from '@/app/(console)/grants/grant-names'
import { BoxTable } from '@/components/table/box-table'
import { Breakable } from '@/components/value/breakable'
import { ClockProvider } from '@/components/value/clock'
import { Identifier } from '@/components/value/identifier'
import { Moment } from '@/components/value/moment'
import { Unknown } from '@/components/value/unknown'
import type { GrantsRow } from '@/lib/grants/row'
import type { GrantsOfKey } from '@/lib/grants/rows'
import type { KeyRow } from '@/lib/inventory/key-detail'

type Props = { of: KeyRow; found: GrantsOfKey; asking: Asking }

export function GrantsView({ of: key, found, asking }: Props) {
  const { rows, total, now } = found
  const [marked, setMarked] = useState<readonly GrantsRow[]>([])
  const [readAt] = useState(() => Date.now())
  const chosen = stillShown(marked, rows)
  const cannot = asking ? cannotChoose(asking) : () => true
  return (
    <ClockProvider now={now} receivedAt={readAt}>
      <BoxTable
        variant="container"
        isDense
        header={
          <Heading of={key} total={total}>
            {asking && <GrantActs chosen={chosen} asking={asking} />}
          </Heading>
        }
        footer={
          total > rows.length && (
            <Box>
              The newest {rows.length} of {total}.{' '}
              <Link href={hrefOfAll(key)}>See all of them</Link>
            </Box>
          )
        }
        items={rows}
        trackBy="grantId"
        {...(asking
          ? {
              selectionType: 'multi' as const,
              selectedItems: chosen,
              isItemDisabled: cannot,
              onSelectionChange: ({ detail }: { detail: { selectedItems: GrantsRow[] } }) =>
                setMarked(detail.selectedItems),
            }
          : {})}
        ariaLabels={{
          tableLabel: 'Grants of this key',
          selectionGroupLabel: 'Choose grants',
          allItemsSelectionLabel: () => 'Choose all',
          itemSelectionLabel: (_, row) => `Choose the grant to ${granteeOf(row)}`,
        }}
        empty={
          key.grantsAt ? (
            'This key has no grants.'
          ) : (
            <Unknown why={key.problems.grants?.message ?? 'Grants have not been read yet.'} />
          )
        }
        columnDefinitions={columns}
      />
    </ClockProvider>
  )
}

const hrefOfAll = (key: KeyRow) => `/grants?q=${encodeURIComponent(key.keyId)}`

type HeadingProps = { of: KeyRow; total: number; children: ReactNode }

function Heading({ of: key, total, children }: HeadingProps) {
  return (
    <Header
      variant="h2"
      counter={key.grantsAt ? `(${total})` : undefined}
      description={
        <>
          A grant allows its grantee the named operations without any policy saying so. AWS gives
          grants no end. Read <Moment at={key.grantsAt} missing="never" />.
        </>
      }
      actions={
        <SpaceBetween direction="horizontal" size="s" alignItems="center">
          <Link href={hrefOfAll(key)}>All grants</Link>
          {children}
        </SpaceBetween>
      }
    >
      Grants
    </Header>
  )
}

const columns: TableProps.ColumnDefinition<GrantsRow>[] = [
  {
    id: 'grantee',
    header: 'Grantee',
    isRowHeader: true,
    minWidth: 160,
    cell: (row) => (
      <>
        <Grantee of={row} />
        {row.granteeAccountId && (
          <Box fontSize="body-s" color="text-body-secondary">
            account {row.granteeAccountId}
            {row.crossAccount === 'yes' && ' (another account)'}
          </Box>
        )}
      </>
    ),
  },
  {
    id: 'operations',
    header: 'Operations',
    minWidth: 110,
    cell: (row) => <Breakable text={row.operations.join(', ')} />,
  },
  {
    id: 'constraints',
    header: 'Constraints',
    minWidth: 130,
    cell: (row) => <Constraints grant={row} />,
  },
  {
    id: 'flags',
    header: 'Worth a look',
    minWidth: 105,
    cell: (row) => <GrantFlags of={row} />,
  },
  { id: 'issuer', header: 'Issued by', cell: (row) => grantWord(row.issuerClass) },
  {
    id: 'known',
    header: 'Why it exists',
    minWidth: 90,
    cell: (row) => <GrantReason of={row} />,
  },
  { id: 'ends', header: 'End', minWidth: 70, cell: (row) => <GrantEnd of={row} /> },
  { id: 'created', header: 'Created', cell: (row) => <Moment at={row.createdAt} /> },
  {
    id: 'retiring',
    header: 'Retiring principal',
    minWidth: 110,
    cell: (row) => <Principal of={row.retiringPrincipal ?? row.retiringServicePrincipal} />,
  },
  {
    id: 'id',
    header: 'Grant ID',
    minWidth: 100,
    cell: (row) => (
      <SpaceBetween size="xxs">
        {row.name && <span>{row.name}</span>}
        <Identifier text={row.grantId} most={20} />
      </SpaceBetween>
    ),
  },
]

function Constraints({ grant }: { grant: GrantsRow }) {
  const lines = constraintLines(grant.constraints)
  return lines.length === 0 ? (
    <>none</>
  ) : (
    <SpaceBetween size="xxs">
      {lines.map((line) => (
        <span key={line} className="claviger-anywhere">
          {line}
        </span>
      ))}
    </SpaceBetween>
  )
}

const leads: Record<string, string> = {
  EncryptionContextEquals: 'context is exactly',
  EncryptionContextSubset: 'context contains',
  SourceArn: 'source is',
}

function constraintLines(constraints: unknown): string[] {
  if (typeof constraints !== 'object' || constraints === null) return []
  return Object.entries(constraints).map(([name, value]) => {
    const said =
      typeof value === 'object' && value !== null
        ? Object.entries(value)
            .map(([k, v]) => `${k} = ${String(v)}`)
            .join(', ')
        : String(value)
    return `${leads[name] ?? name} ${said}`
  })
}
