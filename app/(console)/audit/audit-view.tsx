'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useFrame } from '@/components/shell/page-frame'
import { readJson, ReadFailure } from '@/components/shell/read-json'
import { FilterField } from '@/components/table/filter-field'
import { SavedViews, type ViewsOfTable } from '@/components/table/saved-views'
import type { AuditAnswer } from '@/lib/audit/page'
import { auditTable } from '@/lib/audit/audit-table'
import { AuditTable } from './audit-table'
import { ChainStateView } from './chain-state'
import { EntryPanel } from './entry-panel'
import { useAuditState } from './use-audit-state'

const crumbs = [{ text: 'Audit log', href: '/audit' }]

export function AuditView({
  first,
  views,
  mayExport,
}: {
  first: AuditAnswer
  views: ViewsOfTable
  mayExport: boolean
}) {
  const address = useAuditState()
  const { table, query, entry, open } = address
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
  const [readAt] = useState(() => Date.now())
  const log = useQuery({
    queryKey: ['audit', query],
    queryFn: ({ signal }) => readJson<AuditAnswer>(`/api/audit?${query}`, signal),
    initialData: query === first.query ? first : undefined,
    initialDataUpdatedAt: readAt,
    placeholderData: keepPreviousData,
  })
  const answer = log.data
  const failure =
    log.error instanceof ReadFailure
      ? log.error.failure
      : log.error
        ? { code: 'unexpected' as const, message: 'The answer could not be used.' }
        : null
  return (
    <SpaceBetween size="m">
      {answer && <ChainStateView chain={answer.chain} />}
      {answer && answer.problems.length > 0 && (
        <Alert
          type="warning"
          header="Part of this address was not understood, so more might be shown than was meant"
        >
          {answer.problems.join(' ')}
        </Alert>
      )}
      <AuditTable
        address={address}
        answer={answer}
        isFetching={log.isFetching}
        failure={failure}
        onRetry={() => void log.refetch()}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <SavedViews table={auditTable.name} query={table.query} views={views} />
            {mayExport && <Exports query={table.query} />}
            <Button iconName="refresh" ariaLabel="Read again" onClick={() => void log.refetch()} />
          </SpaceBetween>
        }
        filter={
          <FilterField
            definition={auditTable}
            filter={table.state.filter}
            onChange={(filter) => table.change({ filter })}
            options={answer?.options ?? {}}
            tagNames={[]}
            isLoading={log.isFetching}
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
