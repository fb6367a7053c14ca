'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { hrefOfRequest } from '@/components/request/href-of-request'
import { readJson, ReadFailure } from '@/components/shell/read-json'
import { useFrame } from '@/components/shell/page-frame'
import { CoverageNotice } from '@/components/table/coverage-notice'
import { ExportMenu } from '@/components/table/export-menu'
import { FacetPanel } from '@/components/table/facet-panel'
import { FilterField } from '@/components/table/filter-field'
import { SavedViews, type View } from '@/components/table/saved-views'
import { Hint, TableView } from '@/components/table/table-view'
import { useTableState } from '@/components/table/use-table-state'
import type { KeysAnswer } from '@/lib/inventory/table/keys-page'
import { keysTable } from '@/lib/table/keys'
import { deleteKeysView, saveKeysView } from './actions'
import { keyCells, wordOf } from './key-cells'

type Props = { first: KeysAnswer; views: readonly View[]; mayExport: boolean; mayRequest: boolean }
const crumbs = [{ text: 'Keys', href: '/keys' }]

export function KeysView({ first, views, mayExport, mayRequest }: Props) {
  useFrame({ breadcrumbs: crumbs, contentType: 'table' })
  const table = useTableState(keysTable)
  const [readAt] = useState(() => Date.now())
  const [picked, setPicked] = useState<readonly KeysAnswer['rows'][number][]>([])
  const keys = useQuery({
    queryKey: ['keys', table.query],
    queryFn: ({ signal }) => readJson<KeysAnswer>(`/api/keys?${table.query}`, signal),
    initialData: table.query === first.query ? first : undefined,
    initialDataUpdatedAt: readAt,
    placeholderData: keepPreviousData,
  })
  const tagNames = useQuery({
    queryKey: ['tag names'],
    queryFn: ({ signal }) => readJson<string[]>('/api/keys/tags', signal),
    staleTime: 300_000,
  })
  const answer = keys.data
  const failure =
    keys.error instanceof ReadFailure
      ? keys.error.failure
      : keys.error
        ? { code: 'unexpected' as const, message: 'The answer could not be used.' }
        : null
  const labelOf = (facet: string, value: string) =>
    facet === 'account' ? nameOfAccount(answer, value) : wordOf(value)
  const panel = answer && !failure && (
    <FacetPanel
      definition={keysTable}
      facets={answer.facets}
      labelOf={labelOf}
      filter={table.state.filter}
      hrefOf={(filter) => table.hrefOf({ filter })}
      onChange={(filter) => table.change({ filter })}
    />
  )
  return (
    <SpaceBetween size="s">
      {answer && <CoverageNotice coverage={answer.coverage} />}
      {first.problems.length > 0 && table.query === first.query && (
        <Alert
          type="warning"
          header="Part of this address was not understood, so more may be shown than was meant"
        >
          {first.problems.join(' ')}
        </Alert>
      )}
      <TableView
        definition={keysTable}
        table={table}
        title="Keys"
        description="Every KMS key of every connected account and Region"
        rows={answer?.rows}
        total={answer?.total}
        isFetching={keys.isFetching}
        failure={failure}
        onRetry={() => void keys.refetch()}
        cells={keyCells}
        trackBy={(row) => row.arn}
        selection={
          mayRequest
            ? {
                selected: picked,
                onChange: setPicked,
                isDisabled: () => false,
                labelOf: (row) => row.aliases[0] ?? row.keyId,
              }
            : undefined
        }
        facets={panel}
        filter={
          <FilterField
            definition={keysTable}
            filter={table.state.filter}
            onChange={(filter) => table.change({ filter })}
            options={optionsOf(answer, labelOf)}
            tagNames={tagNames.data ?? []}
            isLoading={keys.isFetching}
            countText={
              answer
                ? `${answer.total.toLocaleString('en')} ${answer.total === 1 ? 'key' : 'keys'}`
                : undefined
            }
            placeholder="Filter keys by any property, tag or text"
          />
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {mayRequest && <RequestButtons arns={picked.map(({ arn }) => arn)} />}
            <SavedViews
              views={views}
              query={table.query}
              save={saveKeysView}
              remove={deleteKeysView}
            />
            {mayExport && <ExportMenu path="/api/keys/export" query={table.query} />}
            <Button iconName="refresh" ariaLabel="Read again" onClick={() => void keys.refetch()} />
          </SpaceBetween>
        }
        nothing={<NothingYet coverage={answer?.coverage} />}
      />
    </SpaceBetween>
  )
}

/** As many as an address holds without trouble on its way. */
const mostInAddress = 50

function RequestButtons({ arns }: { arns: readonly string[] }) {
  const tooMany = arns.length > mostInAddress
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        href={hrefOfRequest(null, arns)}
        disabled={arns.length === 0 || tooMany}
        disabledReason={
          tooMany
            ? `At most ${mostInAddress} keys at a time.`
            : 'Pick the keys first. A change of one key is asked for on its page, too.'
        }
      >
        Request a change{arns.length > 0 ? ` (${arns.length})` : ''}
      </Button>
      <Button href={hrefOfRequest('key-create', [])}>Create a key</Button>
    </SpaceBetween>
  )
}

function NothingYet({ coverage }: { coverage: KeysAnswer['coverage'] | undefined }) {
  if (!coverage || coverage.accounts === 0) {
    return (
      <Hint title="No account is connected, so no keys are known">
        <Button href="/accounts">Connect an account</Button>
      </Hint>
    )
  }
  if (coverage.unlisted > 0)
    return (
      <Hint title="The first sync is not finished; keys appear as it goes on">
        <Button href="/accounts">See the sync</Button>
      </Hint>
    )
  return (
    <Hint title="The connected accounts have no KMS keys, as far as they could be read">
      <Button href="/accounts">See what was read</Button>
    </Hint>
  )
}

const nameOfAccount = (answer: KeysAnswer | undefined, id: string) => {
  const name = answer?.accounts[id]
  return name && name !== id ? `${name} (${id})` : id
}

function optionsOf(
  answer: KeysAnswer | undefined,
  labelOf: (facet: string, value: string) => string,
) {
  return Object.fromEntries(
    Object.entries(answer?.facets ?? {}).map(([facet, counts]) => [
      facet,
      counts.map(({ value, count }) => ({
        value,
        count,
        label: facet === 'account' ? labelOf(facet, value) : undefined,
      })),
    ]),
  )
}
