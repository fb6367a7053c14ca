'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import { NearnessBadge } from '@/components/access/access-cell'
import { Identifier } from '@/components/value/identifier'
import { readJson } from '@/components/shell/read-json'
import type { ExternalAccess, ExternalRow } from '@/lib/access/external-read'

type Outsider = { principal: string; name: string; nearness: ExternalRow['nearness']; keys: number; decrypts: number }

function gather(rows: readonly ExternalRow[]): Outsider[] {
  const outsiders = new Map<string, Outsider>()
  for (const { principal, name, nearness, abilities } of rows) {
    const one = outsiders.get(principal) ?? { principal, name, nearness, keys: 0, decrypts: 0 }
    outsiders.set(principal, { ...one, keys: one.keys + 1, decrypts: one.decrypts + (abilities.some(({ id }) => id === 'decrypt' || id === 'reEncrypt') ? 1 : 0) })
  }
  return [...outsiders.values()].toSorted((a, b) => b.decrypts - a.decrypts || b.keys - a.keys || a.name.localeCompare(b.name))
}

/** Who from beyond a key's account can decrypt something, before a principal is chosen. */
export function Outsiders() {
  const { data, error, isPending } = useQuery({ queryKey: ['external'], queryFn: ({ signal }) => readJson<ExternalAccess>('/api/access/external', signal) })
  if (error) return <Alert type="error" header="Outsiders could not be worked out">{error.message}</Alert>
  const outsiders = gather(data?.rows ?? [])
  return (
    <Table
      items={outsiders} trackBy="principal" loading={isPending} loadingText="Weighing every key" ariaLabels={{ tableLabel: 'Outsiders' }}
      header={<Header variant="h2" counter={data && `(${outsiders.length})`} description={<>Principals that reach keys of another account than their own. <Link href="/access/external">By key, with reviews</Link></>}>Outsiders</Header>}
      empty={<Box textAlign="center">No key that could be read is reachable from outside its account.</Box>}
      columnDefinitions={[
        { id: 'principal', header: 'Principal', isRowHeader: true, minWidth: 260, cell: (row) => (
          <SpaceBetween size="xxxs">
            <SpaceBetween direction="horizontal" size="xs"><Link href={`/access/principals?${new URLSearchParams({ arn: row.principal })}`}>{row.name}</Link><NearnessBadge nearness={row.nearness} /></SpaceBetween>
            {row.name !== row.principal && <Identifier text={row.principal} most={48} />}
          </SpaceBetween>
        ) },
        { id: 'decrypts', header: 'Keys it can or may decrypt with', cell: (row) => <Link href={`/access/principals?${new URLSearchParams({ arn: row.principal, only: 'decrypt' })}`}>{row.decrypts}</Link> },
        { id: 'keys', header: 'Keys it reaches at all', cell: (row) => <Link href={`/access/principals?${new URLSearchParams({ arn: row.principal })}`}>{row.keys}</Link> },
      ]}
    />
  )
}
