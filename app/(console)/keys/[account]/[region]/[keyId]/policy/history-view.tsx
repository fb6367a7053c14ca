'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import type { TableProps } from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import { ReadFailed } from '@/components/failure/read-failed'
import { layOutPolicy } from '@/components/policy/lay-out'
import { PolicyDiff } from '@/components/policy/policy-code'
import { readJson } from '@/components/shell/read-json'
import { BoxTable } from '@/components/table/box-table'
import { Moment } from '@/components/value/moment'
import { Unknown } from '@/components/value/unknown'
import type { VersionComparison } from '@/lib/drafts/versions'
import type { PolicyMakers } from '@/lib/changes/match/policy-makers'
import type { KeyPolicy } from '@/lib/inventory/key-detail'
import { AccessImpactView } from './access-impact'
import { usePlace } from './use-place'
import { keyPath } from '@/lib/kms/arn'
import { own } from '@/lib/own'
import { eventPath } from '@/lib/trail/event-row'
import { nameOfPrincipal } from '@/lib/trail/principal'

type Version = KeyPolicy['policyVersions'][number]

/** The last two that were picked, older first. */
const lastTwo = (picked: readonly Version[]) =>
  picked
    .slice(-2)
    .map(({ id }) => id)
    .sort((a, b) => Number(a) - Number(b))

type Props = { detail: KeyPolicy; makers: PolicyMakers }

/** Each policy this key was seen to have, and what lies between any two of them. */
export function HistoryView({ detail: { key, policyVersions }, makers }: Props) {
  const { get, go } = usePlace()
  const find = (id: string | null) => policyVersions.find((version) => version.id === id)
  const to = find(get('to')) ?? policyVersions[0]
  const from = find(get('from')) ?? policyVersions[1]
  const chosen = from && to ? [from, to] : to ? [to] : []
  return (
    <SpaceBetween size="m">
      <BoxTable
        variant="container"
        items={policyVersions}
        trackBy="id"
        selectionType="multi"
        selectedItems={chosen}
        onSelectionChange={({ detail: { selectedItems } }) => {
          const picked = lastTwo(selectedItems)
          if (picked.length === 2)
            go({ view: 'history', from: picked[0] ?? '', to: picked[1] ?? '' })
        }}
        ariaLabels={labelsOf(policyVersions)}
        header={
          <Header
            variant="h2"
            counter={`(${policyVersions.length})`}
            description="One for each change that was seen. Pick two to compare."
          >
            Versions
          </Header>
        }
        empty={
          <Box textAlign="center">
            The key policy has not been read yet, so no version of it is known.
          </Box>
        }
        columnDefinitions={[
          {
            id: 'version',
            header: 'Version',
            isRowHeader: true,
            cell: ({ id }) => nameOf(id, policyVersions),
          },
          ...columnsWith(makers),
        ]}
      />
      {from && to && from.id !== to.id && (
        <Comparison href={keyPath(key)} from={from.id} to={to.id} />
      )}
      {policyVersions.length === 1 && (
        <Box color="text-body-secondary">
          Only one version has been seen since this key is watched. The next change makes a second.
        </Box>
      )}
    </SpaceBetween>
  )
}

const labelsOf = (versions: readonly Version[]): TableProps<Version>['ariaLabels'] => ({
  tableLabel: 'Versions of the policy',
  selectionGroupLabel: 'Versions to compare',
  allItemsSelectionLabel: () => 'Compare all',
  itemSelectionLabel: (_, { id }) => `Compare version ${nameOf(id, versions)}`,
})

const nameOf = (id: string, versions: readonly { id: string }[]) =>
  String(versions.length - versions.findIndex((version) => version.id === id))

const columnsWith = (makers: PolicyMakers): TableProps.ColumnDefinition<Version>[] => [
  {
    id: 'changed',
    header: 'Changed',
    cell: ({ id }) => <ChangedAt maker={own(makers, id)} />,
  },
  { id: 'by', header: 'Changed by', cell: ({ id }) => <ChangedBy maker={own(makers, id)} /> },
  {
    id: 'first',
    header: 'First seen',
    cell: ({ firstSeenAt }) => <Moment at={firstSeenAt} />,
  },
  { id: 'last', header: 'Last seen', cell: ({ lastSeenAt }) => <Moment at={lastSeenAt} /> },
  {
    id: 'hash',
    header: 'SHA-256',
    cell: ({ hash }) => <Box variant="code">{hash.slice(0, 12)}</Box>,
  },
]

type Made = { maker: PolicyMakers[string] | undefined }

const whyUnknown =
  'The trail has no event that made this version: it does not cover this account and Region, or ' +
  'did not at that time.'

function ChangedAt({ maker }: Made) {
  if (!maker) return <Unknown why={whyUnknown} />
  return (
    <Link href={eventPath(maker)}>
      <Moment at={maker.at} />
    </Link>
  )
}

function ChangedBy({ maker }: Made) {
  if (!maker) return <Unknown why={whyUnknown} />
  const { requestId, requestNumber, principal } = maker
  if (requestId !== null)
    return <Link href={`/requests/${requestId}`}>{`R-${requestNumber ?? ''}`}</Link>
  return principal.startsWith('arn:') ? (
    <Link href={`/access/principals?${new URLSearchParams({ arn: principal })}`}>
      {nameOfPrincipal(principal)}
    </Link>
  ) : (
    nameOfPrincipal(principal)
  )
}

function Comparison({ href, from, to }: { href: string; from: string; to: string }) {
  const url = `/api${href}/policy/compare?${new URLSearchParams({ from, to })}`
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => readJson<VersionComparison>(url, signal),
    retry: false,
  })
  if (error)
    return (
      <ReadFailed
        header="The versions could not be compared"
        message={error.message}
        isRetrying={isFetching}
        onRetry={() => void refetch()}
      />
    )
  if (!data)
    return (
      <Box>
        <Spinner /> Evaluating both policies for every principal
      </Box>
    )
  return (
    <SpaceBetween size="m">
      <VersionImpact of={data} />
      <WhatChanged of={data} />
    </SpaceBetween>
  )
}

function VersionImpact({ of: { from, to, gaps, accessImpact } }: { of: VersionComparison }) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            <>
              From the one first seen <Moment at={from.firstSeenAt} /> to the one first seen{' '}
              <Moment at={to.firstSeenAt} />. Grants, IAM and the organization as they are known
              today.
            </>
          }
        >
          What the change meant
        </Header>
      }
    >
      <SpaceBetween size="s">
        {gaps.map((gap) => (
          <Alert key={gap} type="warning">
            {gap}
          </Alert>
        ))}
        {accessImpact ? (
          <AccessImpactView impact={accessImpact} nothing="Nobody gained or lost anything." />
        ) : (
          <Box>
            <Unknown why="One of the two documents cannot be read as a policy." /> what it meant
          </Box>
        )}
      </SpaceBetween>
    </Container>
  )
}

function WhatChanged({ of: { from, to } }: { of: VersionComparison }) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Both laid out alike first, so that only what is written counts."
        >
          What changed in the text
        </Header>
      }
    >
      <PolicyDiff
        before={layOutPolicy(from.text)}
        after={layOutPolicy(to.text)}
        labels={beforeAfter}
      />
    </Container>
  )
}

const beforeAfter = { before: 'Policy before', after: 'Policy after' }
