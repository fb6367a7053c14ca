'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { CellButton, Legend } from '@/components/access/access-cell'
import { BoxTable } from '@/components/table/box-table'
import { Pages } from '@/components/table/pages'
import { Reasons, type Asked } from '@/components/access/reasons'
import { ReadFailed } from '@/components/failure/read-failed'
import { readJson } from '@/components/shell/read-json'
import { KeyState } from '@/components/value/key-state'
import { Moment } from '@/components/value/moment'
import { abilitiesOf } from '@/lib/access/abilities'
import type { KeyOfPrincipal, PrincipalAccess } from '@/lib/access/of-principal'
import { keyPath } from '@/lib/kms/arn'
import { choices, usePrincipal, type Only } from './use-principal'

type AskedKey = Asked & { row: KeyOfPrincipal }

const titleOf = ({ aliases, keyId }: KeyOfPrincipal) => aliases[0]?.replace(/^alias\//, '') ?? keyId

export function KeysOfPrincipal({ arn }: { arn: string }) {
  const { state, change } = usePrincipal()
  const { only, page } = state
  const url = `/api/access/of-principal?${new URLSearchParams({ principal: arn, only, page: String(page) })}`
  const { data, error, isPending, isFetching, refetch } = useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => readJson<PrincipalAccess>(url, signal),
    placeholderData: keepPreviousData,
    retry: false,
  })
  const [asked, setAsked] = useState<AskedKey | null>(null)
  if (error)
    return (
      <ReadFailed
        header="Access could not be worked out"
        message={error.message}
        isRetrying={isFetching}
        onRetry={() => void refetch()}
      />
    )
  const pages = Math.max(1, Math.ceil((data?.reached ?? 0) / (data?.pageSize ?? 50)))
  return (
    <SpaceBetween size="m">
      {data && <Notices data={data} />}
      <BoxTable
        items={data?.rows ?? []}
        trackBy="arn"
        loading={isPending}
        loadingText="Evaluating every key"
        stripedRows
        isDense
        ariaLabels={{ tableLabel: 'Keys of this principal' }}
        columnDefinitions={columns(data, arn, setAsked)}
        footer={<Legend />}
        header={<Heading data={data} />}
        filter={
          <OnlyFilter
            data={data}
            only={only}
            onChange={(changed) => change({ page: 1, only: changed })}
          />
        }
        pagination={
          pages > 1 && (
            <Pages
              of="keys"
              page={page}
              pages={pages}
              onChange={(next) => change({ page: next })}
            />
          )
        }
        empty={<Box textAlign="center">There is no key it can do this with.</Box>}
      />
      <ReasonsOf asked={asked} onClose={() => setAsked(null)} />
    </SpaceBetween>
  )
}

function ReasonsOf({ asked, onClose }: { asked: AskedKey | null; onClose: () => void }) {
  return (
    <Reasons
      keyHref={asked ? keyPath(asked.row) : ''}
      keyArn={asked?.row.arn ?? ''}
      asked={asked}
      onClose={onClose}
    />
  )
}

function Heading({ data }: { data: PrincipalAccess | undefined }) {
  return (
    <Header
      variant="h2"
      counter={data && `(${data.reached}${data.isCut && data.reached < data.weighed ? '+' : ''})`}
      description={
        data && (
          <>
            Out of {data.weighed.toLocaleString('en')} keys. IAM read{' '}
            <Moment at={data.readAt.iam} missing="never" />, organization{' '}
            <Moment at={data.readAt.organization} missing="never" />.
          </>
        )
      }
    >
      {data?.principal.name ?? 'Keys'}
    </Header>
  )
}

type FilterProps = {
  data: PrincipalAccess | undefined
  only: Only
  onChange: (only: Only) => void
}

function OnlyFilter({ data, only, onChange }: FilterProps) {
  return (
    <SegmentedControl
      label="Show"
      selectedId={only}
      onChange={({ detail }) => {
        const chosen = choices.find((one) => one === detail.selectedId)
        if (chosen) onChange(chosen)
      }}
      options={[
        { id: 'reached', text: 'Keys it can use' },
        {
          id: 'decrypt',
          text: `Decrypt${data ? sayCount(data.counts.decrypt, data.counts.decryptNotNow) : ''}`,
        },
        {
          id: 'administer',
          text: `Administer${data ? sayCount(data.counts.administer, data.counts.administerNotNow) : ''}`,
        },
        { id: 'all', text: 'All keys' },
      ]}
    />
  )
}

/** Every key it is allowed on, which the table then shows, and how many of them AWS refuses now. */
function sayCount(
  allowed: number,
  { unusable, unknown }: PrincipalAccess['counts']['decryptNotNow'],
): string {
  const apart = [
    unusable > 0 && `${unusable} not usable now`,
    unknown > 0 && `${unknown} in an unknown state`,
  ].filter((part) => part !== false)
  return ` (${[allowed, ...apart].join(', ')})`
}

function Notices({ data: { principal, isCut, counts } }: { data: PrincipalAccess }) {
  return (
    <SpaceBetween size="s">
      {!principal.isKnown && (
        <Alert type="warning" header="This principal is not known here">
          {principal.accountId
            ? `Account ${principal.accountId} is not connected, its IAM has not been read, ` +
              'it is outside your reach, or it has no such user or role: what its own ' +
              'policies allow is not known.'
            : 'Nothing is known of it but what keys say.'}
        </Alert>
      )}
      {isCut && (
        <Alert type="warning">
          There was no time to evaluate every key that this principal might reach: the counts say at
          least how many there are, and some keys are missing. Ask again, or ask about one key under
          Check access.
        </Alert>
      )}
      {counts.unknown > 0 && (
        <Alert type="info">
          Of {counts.unknown} keys something could not be read, so a part of the answer is unknown
          there.
        </Alert>
      )}
    </SpaceBetween>
  )
}

function columns(
  data: PrincipalAccess | undefined,
  arn: string,
  ask: (asked: AskedKey) => void,
): TableProps.ColumnDefinition<KeyOfPrincipal>[] {
  const shown =
    data?.abilities.filter(({ id }) => data.rows.some(({ cells }) => cells[id] !== undefined)) ?? []
  const others = shown.filter((ability) => !isCommon(ability))
  return [
    {
      id: 'key',
      header: 'Key',
      isRowHeader: true,
      minWidth: 190,
      cell: (row) => (
        <SpaceBetween size="xxxs">
          <Link href={`${keyPath(row)}/access`}>{titleOf(row)}</Link>
          <Box fontSize="body-s" color="text-body-secondary">
            {row.accountName}, {row.region}
          </Box>
          {row.keyState !== 'Enabled' && <KeyState state={row.keyState} />}
        </SpaceBetween>
      ),
    },
    ...shown.filter(isCommon).map((ability) => ({
      id: ability.id,
      header: ability.label,
      minWidth: 86,
      cell: (row: KeyOfPrincipal) =>
        row.cells[ability.id] === undefined ? (
          <Box fontSize="body-s" color="text-body-secondary">
            not this kind of key
          </Box>
        ) : (
          <Can row={row} ability={ability} arn={arn} onAsk={ask} />
        ),
    })),
    ...(others.length > 0 ? [otherUses(others, arn, ask)] : []),
  ]
}

/** Of symmetric keys, which nearly all are, or of every key. */
const isCommon = ({ id }: Ability) => commonIds.has(id)
const commonIds = new Set(abilitiesOf('ENCRYPT_DECRYPT').map(({ id }) => id))

/** What only some kinds of keys are for; a column each would be wider than any screen. */
const otherUses = (
  others: readonly Ability[],
  arn: string,
  ask: (asked: AskedKey) => void,
): TableProps.ColumnDefinition<KeyOfPrincipal> => ({
  id: 'others',
  header: 'Other uses',
  minWidth: 110,
  cell: (row) =>
    others
      .filter(({ id }) => row.cells[id] !== undefined)
      .map((ability) => (
        <div key={ability.id}>
          {ability.label}: <Can row={row} ability={ability} arn={arn} onAsk={ask} />
        </div>
      )),
})

type Ability = PrincipalAccess['abilities'][number]
type CanProps = {
  row: KeyOfPrincipal
  ability: Ability
  arn: string
  onAsk: (asked: AskedKey) => void
}

function Can({ row, ability: { id, label, action }, arn, onAsk }: CanProps) {
  return (
    <CellButton
      cell={row.cells[id] ?? 'unknown'}
      use={row.uses[id]}
      label={`${label}, ${titleOf(row)}`}
      onAsk={() => onAsk({ principal: arn, action, label, row })}
    />
  )
}
