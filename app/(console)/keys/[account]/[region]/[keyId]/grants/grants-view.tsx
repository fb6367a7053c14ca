'use client'

import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { Identifier } from '@/components/value/identifier'
import { Moment } from '@/components/value/moment'
import { Unknown } from '@/components/value/unknown'
import type { GrantRow, KeyDetail } from '@/lib/inventory/key-detail'

const issuers: Record<string, string> = { awsService: 'AWS service', human: 'person or pipeline', claviger: 'Claviger' }

export function GrantsView({ detail: { key, grants, grantTotal } }: { detail: KeyDetail }) {
  return (
    <Table
      variant="container"
      header={
        <Header
          variant="h2" counter={key.grantsAt ? `(${grantTotal})` : undefined}
          description={<>A grant allows its grantee the named operations without any policy saying so. AWS gives grants no end. Read <Moment at={key.grantsAt} missing="never" />.</>}
          actions={<Link href={`/grants?q=${encodeURIComponent(key.keyId)}`}>All grants of the fleet</Link>}
        >
          Grants
        </Header>
      }
      footer={grantTotal > grants.length && <Box>The newest {grants.length} of {grantTotal}. <Link href={`/grants?q=${encodeURIComponent(key.keyId)}`}>See all of them</Link></Box>}
      items={grants} trackBy="grantId" wrapLines
      empty={key.grantsAt ? 'This key has no grants.' : <Unknown why={key.problems.grants?.message ?? 'Grants have not been read yet.'} />}
      columnDefinitions={[
        { id: 'grantee', header: 'Grantee', isRowHeader: true, minWidth: 260, cell: (grant) => <Party principal={grant.granteePrincipal} service={grant.granteeServicePrincipal} /> },
        { id: 'account', header: 'Grantee account', cell: (grant) => grant.granteeAccountId ? <>{grant.granteeAccountId}{grant.granteeAccountId !== key.accountId && ' (another account)'}</> : '—' },
        { id: 'operations', header: 'Operations', minWidth: 180, cell: (grant) => grant.operations.join(', ') },
        { id: 'constraints', header: 'Constraints', minWidth: 200, cell: (grant) => <Constraints grant={grant} /> },
        { id: 'issuer', header: 'Made by', cell: (grant) => issuers[grant.issuerClass] ?? grant.issuerClass },
        { id: 'created', header: 'Created', cell: (grant) => <Moment at={grant.createdAt} /> },
        { id: 'retiring', header: 'May be retired by', minWidth: 200, cell: (grant) => <Party principal={grant.retiringPrincipal} service={grant.retiringServicePrincipal} /> },
        { id: 'id', header: 'Grant ID', cell: (grant) => <SpaceBetween size="xxs">{grant.name && <span>{grant.name}</span>}<Identifier text={grant.grantId} most={20} /></SpaceBetween> },
      ]}
    />
  )
}

function Party({ principal, service }: { principal: string | null; service: string | null }) {
  const text = principal ?? service
  if (!text) return <>—</>
  // A deleted principal comes back as its unique id (aws-facts 4.1, 5).
  const isDead = /^A(RO|ID)A[A-Z0-9]{12,}$/.test(text)
  return <SpaceBetween size="xxs"><Identifier text={text} most={56} />{isDead && <Box color="text-status-warning">deleted principal</Box>}</SpaceBetween>
}

function Constraints({ grant }: { grant: GrantRow }) {
  const lines = constraintLines(grant.constraints)
  return lines.length === 0 ? <>none</> : <SpaceBetween size="xxs">{lines.map((line) => <span key={line}>{line}</span>)}</SpaceBetween>
}

const leads: Record<string, string> = {
  EncryptionContextEquals: 'context is exactly',
  EncryptionContextSubset: 'context contains',
  SourceArn: 'source is',
}

function constraintLines(constraints: unknown): string[] {
  if (typeof constraints !== 'object' || constraints === null) return []
  return Object.entries(constraints).map(([name, value]) => {
    const said = typeof value === 'object' && value !== null ? Object.entries(value).map(([k, v]) => `${k} = ${String(v)}`).join(', ') : String(value)
    return `${leads[name] ?? name} ${said}`
  })
}
