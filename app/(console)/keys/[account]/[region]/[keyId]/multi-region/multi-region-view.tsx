'use client'

import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import { BoxTable } from '@/components/table/box-table'
import { KeyState } from '@/components/value/key-state'
import { Unknown } from '@/components/value/unknown'
import { multiRegionApplies } from '@/lib/inventory/applies'
import { findDrift } from '@/lib/inventory/drift'
import type { KeyFamily, KeyRow } from '@/lib/inventory/key-detail'
import { WhereItApplies } from '../does-not-apply'
import { keyPath } from '@/lib/kms/arn'

/**
 * The members of a multi-Region set beside each other: KMS keeps the material alike, everything
 * else is each Region's own.
 */
export function MultiRegionView({ detail }: { detail: KeyFamily }) {
  return (
    <WhereItApplies applies={multiRegionApplies(detail.key)}>
      <Family detail={detail} />
    </WhereItApplies>
  )
}

function Family({ detail: { key, family } }: { detail: KeyFamily }) {
  return (
    <SpaceBetween size="l">
      <Members of={key} family={family} />
      <Drift family={family} />
    </SpaceBetween>
  )
}

type Family = KeyFamily['family']

function Members({ of: key, family }: { of: KeyRow; family: Family }) {
  return (
    <BoxTable
      variant="container"
      items={family}
      trackBy="arn"
      header={
        <Header
          variant="h2"
          counter={`(${family.length})`}
          description={
            'Key material, spec, usage and rotation are shared. Policy, grants, aliases, ' +
            'tags and state belong to each Region.'
          }
        >
          Members of the set
        </Header>
      }
      columnDefinitions={[regionColumn(key), ...memberColumns]}
    />
  )
}

const regionColumn = (key: KeyRow): TableProps.ColumnDefinition<Family[number]> => ({
  id: 'region',
  header: 'Region',
  isRowHeader: true,
  cell: (row) =>
    row.arn === key.arn ? (
      <Box fontWeight="bold">{row.region} (this key)</Box>
    ) : (
      <Link href={`${keyPath(row)}/multi-region`}>{row.region}</Link>
    ),
})

const memberColumns: TableProps.ColumnDefinition<Family[number]>[] = [
  {
    id: 'scope',
    header: 'Part',
    cell: (row) => row.scope ?? <Unknown why={row.problems.describe?.message} />,
  },
  {
    id: 'state',
    header: 'State',
    cell: (row) => <KeyState state={row.keyState} problem={row.problems.describe} />,
  },
  { id: 'aliases', header: 'Aliases', cell: (row) => row.aliases.join(', ') || 'none' },
  {
    id: 'grants',
    header: 'Grants',
    cell: (row) => row.grantCount ?? <Unknown why={row.problems.grants?.message} />,
  },
  { id: 'tags', header: 'Tags', cell: (row) => tagText(row) },
  {
    id: 'policy',
    header: 'Policy',
    cell: (row) =>
      row.policyHash ? (
        <Link href={`${keyPath(row)}/policy`}>{row.policyHash.slice(0, 8)}</Link>
      ) : (
        <Unknown why={row.problems.policy?.message} />
      ),
  },
]

function Drift({ family }: { family: Family }) {
  const drift = findDrift(family)
  return (
    <BoxTable
      variant="container"
      items={drift}
      trackBy="what"
      empty="The members agree in everything we can compare."
      header={
        <Header
          variant="h2"
          counter={`(${drift.length})`}
          description="Where the members differ. Some of it may be meant."
        >
          Drift
        </Header>
      }
      columnDefinitions={[
        { id: 'what', header: 'What', isRowHeader: true, cell: (row) => row.what },
        {
          id: 'groups',
          header: 'Who has what',
          cell: (row) => (
            <SpaceBetween size="xxs">
              {row.values.map(({ value, regions }) => (
                <span key={value}>
                  {regions.join(', ')}: {value}
                </span>
              ))}
            </SpaceBetween>
          ),
        },
      ]}
    />
  )
}

function tagText(row: KeyRow) {
  if (!row.tags) return <Unknown why={row.problems.tags?.message} />
  return (
    Object.entries(row.tags)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ') || 'none'
  )
}
