'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Pagination from '@cloudscape-design/components/pagination'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { useQuery } from '@tanstack/react-query'
import { usePathname, useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { useFrame } from '@/components/shell/page-frame'
import { readJson } from '@/components/shell/read-json'
import { Moment } from '@/components/value/moment'
import type { ExternalAccess, ExternalRow } from '@/lib/access/external-read'
import { externalColumns } from './external-columns'
import { ReviewDialog, type ReviewAct } from './review-dialog'

const crumbs = [{ text: 'External access', href: '/access/external' }]
const pageSize = 50
const options = [
  { value: 'all', label: 'All' }, { value: 'open', label: 'Not reviewed, ended or changed' }, { value: 'toFix', label: 'To be fixed' }, { value: 'accepted', label: 'Accepted' },
  { value: 'outside', label: 'From outside the organization' }, { value: 'decrypt', label: 'Can decrypt' },
]

function isShown(row: ExternalRow, text: string, show: string): boolean {
  if (!`${row.principal} ${row.name} ${row.keyArn} ${row.key.aliases.join(' ')} ${row.key.accountName}`.toLowerCase().includes(text.trim().toLowerCase())) return false
  if (show === 'open') return row.state !== 'accepted' && row.state !== 'toFix'
  if (show === 'outside') return row.nearness !== 'organization'
  if (show === 'decrypt') return row.abilities.some(({ id }) => id === 'decrypt' || id === 'reEncrypt')
  return show === 'all' || row.state === show
}

const farFirst = { anyone: 0, outside: 1, organization: 2 } as const

/** Which keys are reachable from beyond their account, by whom and by what, and what was decided about it. */
export function ExternalView({ first, mayReview }: { first: ExternalAccess; mayReview: 'all' | readonly string[] }) {
  useFrame({ breadcrumbs: crumbs, contentType: 'table' })
  const { data, error, refetch } = useQuery({ queryKey: ['external'], queryFn: ({ signal }) => readJson<ExternalAccess>('/api/access/external', signal), initialData: first })
  const [act, setAct] = useState<ReviewAct | null>(null)
  const { text, show, page, change } = useExternalState()
  const rows = data.rows.filter((row) => isShown(row, text, show)).toSorted((a, b) => farFirst[a.nearness] - farFirst[b.nearness] || a.keyArn.localeCompare(b.keyArn) || a.principal.localeCompare(b.principal))
  const pages = Math.max(1, Math.ceil(rows.length / pageSize))
  const at = Math.min(page, pages)
  const may = (row: ExternalRow) => mayReview === 'all' || mayReview.includes(row.key.accountId)
  return (
    <SpaceBetween size="m">
      {error && <Alert type="error" header="This is what was read before; reading it again failed">{error.message}</Alert>}
      <Gaps data={data} />
      <Table
        items={rows.slice((at - 1) * pageSize, at * pageSize)} trackBy={(row) => `${row.keyArn} ${row.principal}`} wrapLines stickyColumns={{ first: 1 }} ariaLabels={{ tableLabel: 'External access' }}
        header={<Header variant="h1" counter={`(${rows.length}${rows.length === data.rows.length ? '' : ` of ${data.rows.length}`})`} description={<>{data.keys} keys weighed; organization read <Moment at={data.organizationRead} missing="never" />. Services of AWS are not listed: they act for an account.</>}>External access</Header>}
        filter={<SpaceBetween direction="horizontal" size="s">
          <TextFilter filteringText={text} filteringPlaceholder="Find a key, principal or account" filteringAriaLabel="Find a key, principal or account" onChange={({ detail }) => change({ q: detail.filteringText })} />
          <Select ariaLabel="Show" options={options} selectedOption={options.find(({ value }) => value === show) ?? null} onChange={({ detail }) => change({ show: detail.selectedOption.value ?? 'all' })} />
        </SpaceBetween>}
        pagination={pages > 1 && <Pagination currentPageIndex={at} pagesCount={pages} ariaLabels={{ nextPageLabel: 'Next page', previousPageLabel: 'Previous page', pageLabel: (number) => `Page ${number}` }} onChange={({ detail }) => change({ page: String(detail.currentPageIndex) })} />}
        empty={<Box textAlign="center">{data.rows.length === 0 ? 'No key that could be read is reachable from outside its account.' : 'Nothing matches this filter.'}</Box>}
        columnDefinitions={externalColumns(may, setAct)}
      />
      {act && <ReviewDialog act={act} onClose={() => setAct(null)} onDone={() => { setAct(null); void refetch() }} />}
    </SpaceBetween>
  )
}

function Gaps({ data: { unread, more, keys, organizationRead } }: { data: ExternalAccess }) {
  const gaps = [
    unread.policy > 0 && `The policies of ${unread.policy} keys could not be read: who they let in is not known.`,
    unread.grants > 0 && `The grants of ${unread.grants} keys have not been read: somebody may reach them through one.`,
    more && `You may see more than ${keys} keys; only these were weighed.`,
    organizationRead === null && 'The organization has not been read, so every other account counts as outside it.',
  ].filter((gap) => gap !== false)
  return gaps.length > 0 && <Alert type="warning" header="This list may lack something">{gaps.map((gap) => <div key={gap}>{gap}</div>)}</Alert>
}

function useExternalState() {
  const search = useSearchParams()
  const pathname = usePathname()
  return {
    text: search.get('q') ?? '', show: options.find(({ value }) => value === search.get('show'))?.value ?? 'all', page: Number(search.get('page')) || 1,
    change(changed: { q?: string; show?: string; page?: string }) {
      const next = new URLSearchParams(search)
      for (const [name, value] of Object.entries({ page: '', ...changed })) {
        if (value && value !== 'all') next.set(name, value)
        else next.delete(name)
      }
      window.history.replaceState(null, '', next.size > 0 ? `${pathname}?${next}` : pathname)
    },
  }
}
