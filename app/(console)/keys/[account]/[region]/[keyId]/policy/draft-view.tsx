'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import { ReadFailed } from '@/components/failure/read-failed'
import { readJson } from '@/components/shell/read-json'
import { BoxTable } from '@/components/table/box-table'
import { Moment } from '@/components/value/moment'
import type { Draft, DraftRow } from '@/lib/drafts/read'
import type { KeyPolicy } from '@/lib/inventory/key-detail'
import { DraftEditor } from './draft-editor'
import { useNewDraft } from './use-new-draft'
import { usePlace } from './use-place'
import { keyPath } from '@/lib/kms/arn'

type Props = { detail: KeyPolicy; mayDraft: boolean }

/** Policies that are being written for this key: one opened, or the list of them. */
export function DraftView({ detail, mayDraft }: Props) {
  const id = usePlace().get('draft')
  return id ? (
    <OneDraft key={id} detail={detail} mayDraft={mayDraft} id={id} />
  ) : (
    <DraftList detail={detail} mayDraft={mayDraft} />
  )
}

function DraftList({ detail, mayDraft }: Props) {
  const url = `/api${keyPath(detail.key)}/policy/drafts`
  const { data, error, isPending, isFetching, refetch } = useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => readJson<DraftRow[]>(url, signal),
    retry: false,
    refetchOnMount: 'always',
  })
  const { begin, isPending: isMaking } = useNewDraft(detail)
  if (error)
    return (
      <ReadFailed
        header="Drafts could not be read"
        message={error.message}
        isRetrying={isFetching}
        onRetry={() => void refetch()}
      />
    )
  return (
    <BoxTable
      variant="container"
      items={data ?? []}
      trackBy="id"
      loading={isPending}
      loadingText="Reading drafts"
      ariaLabels={{ tableLabel: 'Drafts' }}
      header={
        <Header
          variant="h2"
          counter={data && `(${data.length})`}
          description="A draft changes nothing in AWS. Whoever may see the key can read it; only its author changes it."
          actions={
            mayDraft && (
              <Button variant="primary" loading={isMaking} onClick={() => begin()}>
                New draft
              </Button>
            )
          }
        >
          Drafts
        </Header>
      }
      empty={
        <Box textAlign="center">
          {mayDraft
            ? 'No drafts. A new one begins with the policy as it is.'
            : 'No drafts. Writing one needs the permission drafts.write in this account; ' +
              'requesters, approvers and key administrators have it.'}
        </Box>
      }
      columnDefinitions={[linkColumn(detail), ...columns]}
    />
  )
}

const linkColumn = ({ key }: KeyPolicy): TableProps.ColumnDefinition<DraftRow> => ({
  id: 'note',
  header: 'Draft',
  isRowHeader: true,
  minWidth: 200,
  cell: (row) => <DraftLink draft={row} path={keyPath(key)} />,
})

const columns: TableProps.ColumnDefinition<DraftRow>[] = [
  {
    id: 'author',
    header: 'Author',
    cell: ({ author, mine }) => (mine ? `${author} (you)` : author),
  },
  { id: 'updated', header: 'Saved', cell: ({ updatedAt }) => <Moment at={updatedAt} /> },
  {
    id: 'base',
    header: 'Made from',
    cell: ({ baseChanged, baseHash }) =>
      baseHash === null ? (
        'no known policy'
      ) : baseChanged ? (
        <StatusIndicator type="warning">an older policy</StatusIndicator>
      ) : (
        'the policy of today'
      ),
  },
  { id: 'size', header: 'Bytes', cell: ({ bytes }) => bytes.toLocaleString('en') },
]

function DraftLink({ draft: { id, note }, path }: { draft: DraftRow; path: string }) {
  const { go } = usePlace()
  return (
    <Link
      href={`${path}/policy?${new URLSearchParams({ view: 'draft', draft: id })}`}
      onFollow={(event) => {
        event.preventDefault()
        go({ view: 'draft', draft: id })
      }}
    >
      {note || 'Without a note'}
    </Link>
  )
}

function OneDraft({ detail, mayDraft, id }: Props & { id: string }) {
  const url = `/api${keyPath(detail.key)}/policy/draft?${new URLSearchParams({ draft: id })}`
  // Read once: from then on the editor is what knows the text.
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => readJson<Draft>(url, signal),
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
  const { go } = usePlace()
  const back = (
    <Button iconName="arrow-left" onClick={() => go({ view: 'draft' })}>
      All drafts
    </Button>
  )
  if (error) {
    return (
      <SpaceBetween size="m">
        {back}
        <ReadFailed
          header="The draft could not be read"
          message={error.message}
          isRetrying={isFetching}
          onRetry={() => void refetch()}
        />
      </SpaceBetween>
    )
  }
  return (
    <SpaceBetween size="m">
      {back}
      {data ? (
        <DraftEditor
          detail={detail}
          draft={data}
          mayDraft={mayDraft}
          onReload={() => void refetch()}
          key={data.updatedAt}
        />
      ) : (
        <Box>
          <Spinner /> Reading the draft
        </Box>
      )}
    </SpaceBetween>
  )
}
