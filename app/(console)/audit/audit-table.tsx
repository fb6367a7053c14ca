'use client'

import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { ReactNode } from 'react'
import { BoxTable } from '@/components/table/box-table'
import { RowsFailed } from '@/components/table/rows-failed'
import { columnLabels, columnsOf } from '@/components/table/table-columns'
import { TablePreferences } from '@/components/table/table-preferences'
import { Hint } from '@/components/table/table-view'
import type { AuditAnswer, AuditRow } from '@/lib/audit/page'
import type { Failure } from '@/lib/result'
import { auditTable } from '@/lib/audit/audit-table'
import { noFilter, tokensOf } from '@/lib/table/filter'
import { auditCells } from './audit-cells'
import type { useAuditState } from './use-audit-state'

type Props = {
  address: ReturnType<typeof useAuditState>
  answer: AuditAnswer | undefined
  isFetching: boolean
  failure: Failure | null
  onRetry(): void
  actions: ReactNode
  filter: ReactNode
}

/** Newest first; one goes through it by "older" and "newer", because a log has no last page. */
export function AuditTable(props: Props) {
  const { address, answer, isFetching, failure, filter } = props
  const {
    table: { state, change },
    entry,
  } = address
  return (
    <div className={isFetching && answer ? 'claviger-busy' : undefined} aria-busy={isFetching}>
      <BoxTable<AuditRow>
        variant="container"
        isDense
        isWhole={state.wrap}
        stickyHeader
        resizableColumns
        items={failure ? [] : (answer?.rows ?? [])}
        trackBy={(row) => String(row.seq)}
        selectedItems={answer?.rows.filter(({ seq }) => String(seq) === entry)}
        {...columnsOf(auditTable, state, auditCells(address.hrefOfEntry, address.open))}
        loading={!answer && !failure}
        loadingText="Reading the audit log"
        ariaLabels={{ ...columnLabels, tableLabel: 'Entries' }}
        header={<Heading {...props} />}
        filter={filter}
        pagination={answer && !failure ? <Steps address={address} answer={answer} /> : undefined}
        preferences={<TablePreferences definition={auditTable} state={state} onChange={change} />}
        footer={answer?.searchedTo ? <SearchedTo answer={answer} address={address} /> : undefined}
        empty={<Nothing {...props} />}
      />
    </div>
  )
}

function Heading({ address, answer, isFetching, failure, actions }: Props) {
  const isFiltered = tokensOf(address.table.state.filter).length > 0
  const total = isFiltered || failure ? undefined : answer?.chain.newest?.seq
  return (
    <Header
      variant="h1"
      description={
        'What people and the worker did in this console. Entries are only ever appended, ' +
        'each with the hash of the one before it.'
      }
      actions={actions}
      counter={total ? `(${total.toLocaleString('en')})` : undefined}
      info={
        isFetching && answer ? (
          <StatusIndicator type="loading">Updating</StatusIndicator>
        ) : undefined
      }
    >
      Audit log
    </Header>
  )
}

function Nothing({ address, answer, isFetching, failure, onRetry }: Props) {
  const { state, change } = address.table
  if (failure)
    return (
      <RowsFailed
        header="The audit log could not be read"
        failure={failure}
        isRetrying={isFetching}
        onRetry={onRetry}
      />
    )
  if (tokensOf(state.filter).length > 0)
    return (
      <Hint
        title={
          answer?.searchedTo ? 'Nothing matches this filter so far' : 'Nothing matches this filter'
        }
      >
        <Button onClick={() => change({ filter: noFilter })}>Clear the filter</Button>
      </Hint>
    )
  return (
    <Hint title="There are no entries here">
      <Button onClick={() => address.goTo({})}>To the newest</Button>
    </Hint>
  )
}

function Steps({
  address: { goTo },
  answer: { rows, hasNewer, hasOlder, searchedTo },
}: {
  address: Props['address']
  answer: AuditAnswer
}) {
  const [newest, oldest] = [rows[0], rows.at(-1)]
  const older = searchedTo ?? oldest?.seq
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      <Button
        variant="icon"
        iconName="angle-left-double"
        ariaLabel="Newest entries"
        disabled={!hasNewer}
        onClick={() => goTo({})}
      />
      <Button
        variant="icon"
        iconName="angle-left"
        ariaLabel="Newer entries"
        disabled={!hasNewer}
        onClick={() => goTo(newest ? { after: String(newest.seq) } : {})}
      />
      <Button
        variant="icon"
        iconName="angle-right"
        ariaLabel="Older entries"
        disabled={!hasOlder || !older}
        onClick={() => goTo({ before: String(older) })}
      />
    </SpaceBetween>
  )
}

function SearchedTo({
  answer: { searchedTo },
  address: { goTo },
}: {
  answer: AuditAnswer
  address: Props['address']
}) {
  return (
    <SpaceBetween direction="horizontal" size="s" alignItems="center">
      <span>
        Looked through the log down to entry {searchedTo?.toLocaleString('en')}; older ones may
        match too.
      </span>
      <Button onClick={() => goTo({ before: String(searchedTo) })}>Search older entries</Button>
    </SpaceBetween>
  )
}
