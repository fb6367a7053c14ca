'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useFrame } from '@/components/shell/page-frame'
import { failureOf, readJson } from '@/components/shell/read-json'
import { AddressProblems } from '@/components/table/address-problems'
import { FilterField } from '@/components/table/filter-field'
import { SavedViews, type ViewsOfTable } from '@/components/table/saved-views'
import type { AuditAnswer } from '@/lib/audit/page'
import { auditTable } from '@/lib/audit/audit-table'
import { AuditTable } from './audit-table'
import { ChainStateView } from './chain-state'
import { EntryPanel } from './entry-panel'
import { useAuditState } from './use-audit-state'

const crumbs = [{ text: 'Audit log', href: '/audit' }]

type Props = { first: AuditAnswer; views: ViewsOfTable; mayExport: boolean }

export function AuditView({ first, views, mayExport }: Props) {
  const address = useAuditState()
  const { table, query } = address
  useEntryBeside(address)
  const { answer, isFetching, failure, readAgain } = useEntries(first, query)
  return (
    <SpaceBetween size="m">
      {answer && <ChainStateView chain={answer.chain} />}
      {answer && answer.problems.length > 0 && <AddressProblems problems={answer.problems} />}
      <AuditTable
        address={address}
        answer={answer}
        isFetching={isFetching}
        failure={failure}
        onRetry={readAgain}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <SavedViews table={auditTable.name} query={table.query} views={views} />
            {mayExport && <Exports query={table.query} />}
            <Button iconName="refresh" ariaLabel="Read again" onClick={readAgain} />
          </SpaceBetween>
        }
        filter={
          <FilterField
            definition={auditTable}
            filter={table.state.filter}
            onChange={(filter) => table.change({ filter })}
            options={answer?.options ?? {}}
            tagNames={[]}
            isLoading={isFetching}
            placeholder="Search entries by text, person, key, request, event or day"
          />
        }
      />
      <Box variant="small" color="text-body-secondary">
        npm run audit:verify checks the whole log, this one or an exported one, against the
        checkpoints that left the database.
      </Box>
    </SpaceBetween>
  )
}

/** Shows the entry that is open in the panel beside the table. */
function useEntryBeside({ entry, open }: ReturnType<typeof useAuditState>) {
  useFrame({
    breadcrumbs: crumbs,
    contentType: 'table',
    splitPanel: useMemo(() => (entry ? <EntryPanel seq={entry} /> : undefined), [entry]),
    splitPanelOpen: entry !== null,
    onSplitPanelToggle: useMemo(
      () => (isOpen: boolean) => {
        if (!isOpen) open(null)
      },
      [open],
    ),
  })
}

/** The entries that the address asks for; those before it while they are read. */
function useEntries(first: AuditAnswer, query: string) {
  const [readAt] = useState(() => Date.now())
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['audit', query],
    queryFn: ({ signal }) => readJson<AuditAnswer>(`/api/audit?${query}`, signal),
    initialData: query === first.query ? first : undefined,
    initialDataUpdatedAt: readAt,
    placeholderData: keepPreviousData,
  })
  return {
    answer: data,
    isFetching,
    failure: failureOf(error),
    readAgain: () => void refetch(),
  }
}

/** Each export is itself an entry, written before the first byte leaves. */
function Exports({ query }: { query: string }) {
  return (
    <ButtonDropdown
      expandToViewport
      items={[
        {
          id: 'proof',
          text: 'Whole log, with proof',
          secondaryText: 'JSON lines, for npm run audit:verify',
          href: '/api/audit/export',
        },
        {
          id: 'csv',
          text: 'What is shown, as CSV',
          secondaryText: 'all pages under this filter; no proof',
          href: `/api/audit/csv${query ? `?${query}` : ''}`,
        },
      ]}
    >
      Export
    </ButtonDropdown>
  )
}
