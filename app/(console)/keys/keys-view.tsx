'use client'

import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { hrefOfRequest } from '@/components/request/href-of-request'
import { readJson } from '@/components/shell/read-json'
import { CoverageNotice } from '@/components/table/coverage-notice'
import { ResourceTable, type TableProps } from '@/components/table/resource-table'
import { Hint } from '@/components/table/table-view'
import type { KeysAnswer } from '@/lib/inventory/table/keys-source'
import { keyCells, wordOf } from './key-cells'

/** Every key there is, to be found, picked and asked about. */
export function KeysView({
  mayRequest,
  ...table
}: TableProps<KeysAnswer> & { mayRequest: boolean }) {
  const tagNames = useQuery({
    queryKey: ['tag names'],
    queryFn: ({ signal }) => readJson<string[]>('/api/keys/tags', signal),
    staleTime: 300_000,
  })
  return (
    <ResourceTable
      {...table}
      description="Every KMS key of every connected account and Region"
      placeholder="Filter keys by any property, tag or text"
      cells={keyCells}
      trackBy={(row) => row.arn}
      wordOf={wordOf}
      tagNames={tagNames.data}
      notice={({ coverage }) => <CoverageNotice coverage={coverage} />}
      nothing={(answer) => <NothingYet coverage={answer?.coverage} />}
      selection={
        mayRequest
          ? {
              acrossPages: true,
              isDisabled: () => false,
              labelOf: (row) => row.aliases[0] ?? row.keyId,
              actions: (chosen) => <RequestButtons arns={chosen.map(({ arn }) => arn)} />,
            }
          : undefined
      }
    />
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
