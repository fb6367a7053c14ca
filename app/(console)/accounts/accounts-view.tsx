'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFrame } from '@/components/shell/page-frame'
import { readJson } from '@/components/shell/read-json'
import { formatParams, useAddress, type AddressCodec } from '@/components/shell/use-address'
import { BoxTable } from '@/components/table/box-table'
import { Hint } from '@/components/table/table-view'
import { Identifier } from '@/components/value/identifier'
import { Moment } from '@/components/value/moment'
import { isAmong, onlyWords, toOnly, type Only } from '@/lib/accounts/only'
import type { RunningSweep } from '@/lib/accounts/read'
import type { Plain } from '@/lib/inventory/plain'
import { keysTable } from '@/lib/inventory/table/keys-table'
import { tableHref } from '@/lib/table/state'
import type { Account } from './account'
import { AccountActs } from './account-acts'
import { AddAccount } from './add-account'
import { OrganizationOf, UnknownOrganization } from './organization'
import { RunningSweeps } from './running-sweeps'
import { useRefresh } from './use-refresh'

type Live = { accounts: Account[]; running: Plain<RunningSweep>[]; waiting: number }
type Props = { initial: Live; mayManage: boolean; mayRefresh: boolean }

const busyEveryMs = 2_000
const idleEveryMs = 15_000

/** Every account as it is now: read again and again, faster while a sweep runs. */
const useLiveAccounts = (initial: Live) =>
  useQuery({
    queryKey: ['accounts'],
    queryFn: ({ signal }) => readJson<Live>('/api/accounts', signal),
    initialData: initial,
    refetchInterval: ({ state }) =>
      state.data && state.data.running.length + state.data.waiting > 0 ? busyEveryMs : idleEveryMs,
  })

export function AccountsView({ initial, mayManage, mayRefresh }: Props) {
  const [isAdding, setAdding] = useState(false)
  const { data, error, refetch } = useLiveAccounts(initial)
  const changed = () => void refetch()
  const { state, change } = useAddress(codec)
  const shown = data.accounts.filter((account) => isAmong(account, state.only))
  useFrame({ breadcrumbs: [{ text: 'Accounts', href: '/accounts' }] })
  return (
    <SpaceBetween size="l">
      {error && (
        <StatusIndicator type="error">
          The page could not be brought up to date: {error.message}
        </StatusIndicator>
      )}
      <UnknownOrganization accounts={data.accounts} mayManage={mayManage} onChanged={changed} />
      <BoxTable
        variant="full-page"
        stickyHeader
        items={shown}
        trackBy="id"
        header={
          <Heading
            accounts={shown}
            only={state.only}
            onAll={() => change({ only: 'all' })}
            onRefreshed={mayRefresh ? changed : undefined}
            onAdd={mayManage ? () => setAdding(true) : undefined}
          />
        }
        empty={
          state.only === 'all' ? (
            <Hint title="No account yet">
              Accounts of the organization appear by themselves within a minute. Others are added
              here.
            </Hint>
          ) : (
            <Hint title={`No account is ${onlyWords[state.only]}`}>{null}</Hint>
          )
        }
        columnDefinitions={[
          ...columns,
          ...(mayManage || mayRefresh ? [actsColumn(mayManage, mayRefresh, changed)] : []),
        ]}
      />
      <RunningSweeps running={data.running} waiting={data.waiting} />
      {isAdding && (
        <AddAccount
          onClose={() => {
            setAdding(false)
            changed()
          }}
        />
      )}
    </SpaceBetween>
  )
}

const codec: AddressCodec<{ only: Only }> = {
  parse: ({ only }) => ({ only: toOnly(only) }),
  format: ({ only }) => formatParams({ only: only === 'all' ? '' : only }),
}

type HeadingProps = {
  accounts: readonly Account[]
  only: Only
  onAll: () => void
  /** Absent: for whoever can only look. */
  onRefreshed?: () => void
  onAdd?: () => void
}

function Heading({ accounts, only, onAll, onRefreshed, onAdd }: HeadingProps) {
  return (
    <Header
      variant="h1"
      counter={sayAccounts(accounts)}
      description={
        only === 'all'
          ? 'Every account Claviger reads, how well each is known, and what could not be read.'
          : `Only accounts that are ${onlyWords[only]}.`
      }
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {only !== 'all' && <Button onClick={onAll}>Show all accounts</Button>}
          <Button href="/accounts/sweeps">Syncs</Button>
          <Button href="/accounts/roles">Roles to deploy</Button>
          {onRefreshed && <RefreshAll onRefreshed={onRefreshed} />}
          {onAdd && (
            <Button variant="primary" onClick={onAdd}>
              Add account
            </Button>
          )}
        </SpaceBetween>
      }
    >
      Accounts
    </Header>
  )
}

function RefreshAll({ onRefreshed }: { onRefreshed: () => void }) {
  const { isAsking, ask } = useRefresh(onRefreshed)
  return (
    <Button iconName="refresh" loading={isAsking} onClick={() => ask(null)}>
      Refresh all
    </Button>
  )
}

/** Those that are gone stay in the table, and are told apart in the count. */
function sayAccounts(accounts: readonly Account[]): string {
  const removed = accounts.filter(({ removedAt }) => removedAt !== null).length
  return removed === 0
    ? `(${accounts.length})`
    : `(${accounts.length - removed}, ${removed} removed)`
}

const sources: Record<string, string> = {
  organization: 'organization',
  file: 'accounts file',
  page: 'added here',
  self: 'the account Claviger runs in',
}

const columns: TableProps.ColumnDefinition<Account>[] = [
  {
    id: 'name',
    header: 'Account',
    isRowHeader: true,
    minWidth: 175,
    cell: (a) => (
      <>
        <Link href={`/accounts/${a.id}`}>{a.name}</Link>
        <Box>
          <Identifier text={a.id} />
        </Box>
      </>
    ),
  },
  { id: 'organization', header: 'Organization', minWidth: 170, cell: (a) => <Place account={a} /> },
  { id: 'state', header: 'State', minWidth: 130, cell: (a) => <State account={a} /> },
  {
    id: 'keys',
    header: 'Keys',
    cell: (a) => (
      <Link
        href={tableHref('/keys', keysTable, {
          property: 'account',
          operator: 'eq',
          values: [a.id],
        })}
      >
        {a.keys.toLocaleString('en')}
      </Link>
    ),
  },
  {
    id: 'regions',
    header: 'Regions with keys',
    cell: (a) => `${a.regionsWithKeys} of ${a.regions}`,
  },
  {
    id: 'swept',
    header: 'Oldest sync',
    minWidth: 110,
    cell: (a) => <Moment at={a.oldestCoreAt} missing="not yet" />,
  },
  { id: 'gaps', header: 'Could not be read', cell: (a) => <Gaps account={a} /> },
  {
    id: 'write',
    header: 'Changes',
    cell: (a) => (a.writeRoleArn ? 'with approval' : 'read-only, no write role'),
  },
  { id: 'test', header: 'Last test', minWidth: 120, cell: (a) => <LastTest account={a} /> },
]

/** Its organization and where it stands there; else how the account came to be connected. */
function Place({ account }: { account: Account }) {
  const where =
    account.path.length > 0 ? account.path.join(' / ') : (sources[account.source] ?? account.source)
  return (
    <>
      <OrganizationOf account={account} />
      <Box color="text-body-secondary">{where}</Box>
    </>
  )
}

const actsColumn = (
  mayManage: boolean,
  mayRefresh: boolean,
  changed: () => void,
): TableProps.ColumnDefinition<Account> => ({
  id: 'acts',
  header: 'Actions',
  minWidth: 80,
  cell: (account) => (
    <AccountActs
      account={account}
      mayManage={mayManage}
      mayRefresh={mayRefresh}
      onChanged={changed}
    />
  ),
})

/** Nothing missing is said only of an account that was read. */
function Gaps({ account: { id, gaps, oldestCoreAt, removedAt } }: { account: Account }) {
  if (removedAt) return <>—</>
  if (gaps === 0 && oldestCoreAt === null) return <>not read yet</>
  return <Link href={`/accounts/${id}`}>{gaps === 0 ? 'nothing' : gaps.toLocaleString('en')}</Link>
}

function State({ account }: { account: Account }) {
  if (account.removedAt)
    return (
      <StatusIndicator type="stopped">
        removed <Moment at={account.removedAt} />
      </StatusIndicator>
    )
  if (account.pausedAt)
    return (
      <StatusIndicator type="stopped">
        paused <Moment at={account.pausedAt} />
      </StatusIndicator>
    )
  if (account.state && account.state !== 'ACTIVE')
    return <StatusIndicator type="warning">{account.state}</StatusIndicator>
  return account.sweeping > 0 ? (
    <StatusIndicator type="in-progress">syncing</StatusIndicator>
  ) : (
    <StatusIndicator>connected</StatusIndicator>
  )
}

function LastTest({ account: { lastTest } }: { account: Account }) {
  if (!lastTest) return <>not tested</>
  return (
    <>
      <StatusIndicator type={lastTest.ok ? 'success' : 'error'}>
        {lastTest.ok ? 'answered' : 'failed'} <Moment at={lastTest.at} />
      </StatusIndicator>
      {lastTest.problem && (
        <Box fontSize="body-s" color="text-body-secondary">
          {lastTest.problem}
        </Box>
      )}
    </>
  )
}
