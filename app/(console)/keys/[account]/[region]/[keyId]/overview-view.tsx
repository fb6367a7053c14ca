'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs, {
  type KeyValuePairsProps,
} from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ReactNode } from 'react'
import { BoxTable } from '@/components/table/box-table'
import { Identifier } from '@/components/value/identifier'
import { LastUse } from '@/components/value/last-use'
import { Moment } from '@/components/value/moment'
import { Rotation } from '@/components/value/rotation'
import { Unknown } from '@/components/value/unknown'
import { outOfBandTable } from '@/lib/changes/match/out-of-band-table'
import type { KeyOverview, KeyRow } from '@/lib/inventory/key-detail'
import { tableHref } from '@/lib/table/state'
import { tabs } from './key-tabs'

type Pair = KeyValuePairsProps.Pair

type Props = {
  detail: KeyOverview
  /** Changes that nobody requested here and nobody reviewed, as far as the trail tells. */
  outOfBand: number
}

export function OverviewView({ detail, outOfBand }: Props) {
  const { key } = detail
  return (
    <SpaceBetween size="l">
      {outOfBand > 0 && <OutOfBand count={outOfBand} keyArn={key.arn} />}
      <Container header={<Header variant="h2">General</Header>}>
        <KeyValuePairs
          columns={4}
          items={[...whatItIs(key), ...howItIsUsed(key), ...whereItsMaterialIs(detail)]}
        />
      </Container>
      <ColumnLayout columns={2}>
        <Aliases detail={detail} />
        <Tags detail={detail} />
      </ColumnLayout>
      <Reads detail={detail} />
    </SpaceBetween>
  )
}

function OutOfBand({ count, keyArn }: { count: number; keyArn: string }) {
  const href = tableHref(
    outOfBandTable.path,
    outOfBandTable,
    { property: 'state', operator: 'eq', values: ['open'] },
    { property: 'key', operator: 'eq', values: [keyArn] },
  )
  return (
    <Alert
      type="warning"
      header={
        count === 1 ? 'A change out of band' : `${count.toLocaleString('en')} changes out of band`
      }
      action={<Button href={href}>Review</Button>}
    >
      CloudTrail recorded what nobody requested here.
    </Alert>
  )
}

const saidOf =
  ({ problems }: KeyRow) =>
  (value: string | number | null): ReactNode =>
    value ?? <Unknown why={problems.describe?.message} />
const hrefOf = (key: KeyRow, id: string) => tabs.find((tab) => tab.id === id)?.href(key)

/** What the key is. */
function whatItIs(key: KeyRow): Pair[] {
  const said = saidOf(key)
  return [
    { label: 'Key ID', value: <Identifier text={key.keyId} /> },
    { label: 'Description', value: key.description === '' ? 'none' : said(key.description) },
    {
      label: 'Spec and usage',
      value: key.keySpec ? `${key.keySpec}, ${key.keyUsage}` : said(null),
    },
    { label: 'Origin', value: said(key.origin) },
    {
      label: 'Managed by',
      value: key.keyManager === 'CUSTOMER' ? 'customer' : said(key.keyManager),
    },
    {
      label: 'Scope',
      value:
        key.scope === null ? (
          said(null)
        ) : (
          <Link href={hrefOf(key, 'multi-region')}>{scopeWords[key.scope] ?? key.scope}</Link>
        ),
    },
    { label: 'Created', value: <Moment at={key.createdAt} /> },
    { label: 'First seen here', value: <Moment at={key.firstSeenAt} /> },
  ]
}

/** How it is used, who it belongs to and what it costs. */
const howItIsUsed = (key: KeyRow): Pair[] => [
  {
    label: 'Rotation',
    value: (
      <Link href={hrefOf(key, 'material')}>
        <Rotation of={key} />
      </Link>
    ),
  },
  { label: 'Last use', value: <LastUse of={key} /> },
  {
    label: 'Grants',
    value:
      key.grantCount === null ? (
        <Unknown why={key.problems.grants?.message} />
      ) : (
        <Link href={hrefOf(key, 'grants')}>{key.grantCount}</Link>
      ),
  },
  {
    label: 'Owner',
    value: key.owner ?? (key.tags ? 'no owner tag' : <Unknown why={key.problems.tags?.message} />),
  },
  {
    label: 'Monthly cost',
    value: key.monthlyCostUsd === null ? <Unknown /> : `$${key.monthlyCostUsd.toFixed(2)}`,
  },
]

/** Where its material is, for a key that has it outside of KMS or imported. */
function whereItsMaterialIs({ key, keyStore }: KeyOverview): Pair[] {
  const pairs: Pair[] = []
  if (key.customKeyStoreId)
    pairs.push({
      label: 'Custom key store',
      value: (
        <>
          {keyStore?.name ?? key.customKeyStoreId}{' '}
          {keyStore?.connectionState && `(${keyStore.connectionState})`}
        </>
      ),
    })
  if (key.xksKeyId) pairs.push({ label: 'External key', value: key.xksKeyId })
  if (key.validTo) pairs.push({ label: 'Key material expires', value: <Moment at={key.validTo} /> })
  return pairs
}

const scopeWords: Record<string, string> = {
  single: 'single-Region',
  primary: 'multi-Region primary',
  replica: 'multi-Region replica',
}

function Aliases({ detail }: { detail: KeyOverview }) {
  return (
    <BoxTable
      variant="container"
      header={
        <Header variant="h2" counter={`(${detail.aliases.length})`}>
          Aliases
        </Header>
      }
      items={detail.aliases}
      trackBy="name"
      empty={
        detail.key.aliasesAt ? 'No alias points to this key.' : 'Aliases have not been read yet.'
      }
      columnDefinitions={[
        {
          id: 'name',
          header: 'Alias',
          cell: (alias) => <Identifier text={alias.name} />,
          isRowHeader: true,
        },
        {
          id: 'updated',
          header: 'Last changed',
          cell: (alias) => <Moment at={alias.updatedAt ?? alias.createdAt} />,
        },
      ]}
    />
  )
}

function Tags({ detail: { key } }: { detail: KeyOverview }) {
  const tags = Object.entries(key.tags ?? {}).map(([name, value]) => ({ name, value }))
  return (
    <BoxTable
      variant="container"
      header={
        <Header variant="h2" counter={key.tags ? `(${tags.length})` : undefined}>
          Tags
        </Header>
      }
      items={tags}
      trackBy="name"
      empty={
        key.tags ? (
          'This key has no tags.'
        ) : (
          <Unknown why={key.problems.tags?.message ?? 'Tags have not been read yet.'} />
        )
      }
      columnDefinitions={[
        { id: 'name', header: 'Key', cell: (tag) => tag.name, isRowHeader: true },
        { id: 'value', header: 'Value', cell: (tag) => tag.value },
      ]}
    />
  )
}

/** What was read when, and what could not be: the limits of everything above. */
function Reads({ detail: { key } }: { detail: KeyOverview }) {
  const parts = [
    { part: 'describe', text: 'Key facts (DescribeKey)', at: key.describedAt },
    { part: 'aliases', text: 'Aliases (ListAliases)', at: key.aliasesAt },
    { part: 'tags', text: 'Tags (ListResourceTags)', at: key.tagsAt },
    { part: 'policy', text: 'Key policy (GetKeyPolicy)', at: key.policyAt },
    { part: 'rotation', text: 'Rotation (GetKeyRotationStatus)', at: key.rotationAt },
    {
      part: 'rotations',
      text: 'Key material and rotations (ListKeyRotations)',
      at: key.rotationsAt,
    },
    { part: 'grants', text: 'Grants (ListGrants)', at: key.grantsAt },
    { part: 'lastUse', text: 'Last use (GetKeyLastUsage)', at: key.lastUseAt },
  ]
  return (
    <BoxTable
      variant="container"
      header={
        <Header variant="h2" description="Each part of this page is as old as its own reading.">
          When it was read
        </Header>
      }
      items={parts}
      trackBy="part"
      columnDefinitions={[
        { id: 'text', header: 'What', cell: (row) => row.text, isRowHeader: true },
        { id: 'at', header: 'Read', cell: (row) => <Moment at={row.at} missing="not read" /> },
        { id: 'problem', header: 'Problem', cell: (row) => key.problems[row.part]?.message ?? '—' },
      ]}
    />
  )
}
