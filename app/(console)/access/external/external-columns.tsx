'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import Popover from '@cloudscape-design/components/popover'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { NearnessBadge, wordOfCell } from '@/components/access/access-cell'
import { Identifier } from '@/components/value/identifier'
import { Moment } from '@/components/value/moment'
import type { ExternalRow, ReviewState } from '@/lib/access/external-read'
import type { ReviewAct } from './review-dialog'

const states: Record<ReviewState, { type: StatusIndicatorProps.Type; text: string }> = {
  unreviewed: { type: 'pending', text: 'not reviewed' }, accepted: { type: 'success', text: 'accepted' }, toFix: { type: 'warning', text: 'to be fixed' },
  ended: { type: 'pending', text: 'acceptance ended' }, changed: { type: 'pending', text: 'changed since its review' },
}

const hrefOf = ({ key: { accountId, region, keyId } }: ExternalRow) => `/keys/${accountId}/${region}/${keyId}`

export function externalColumns(may: (row: ExternalRow) => boolean, act: (act: ReviewAct) => void): TableProps.ColumnDefinition<ExternalRow>[] {
  return [
    { id: 'key', header: 'Key', isRowHeader: true, minWidth: 180, cell: (row) => (
      <SpaceBetween size="xxxs"><Link href={`${hrefOf(row)}/access?filter=external`}>{row.key.aliases[0]?.replace(/^alias\//, '') ?? row.key.keyId}</Link><Box fontSize="body-s" color="text-body-secondary">{row.key.accountName}, {row.key.region}</Box></SpaceBetween>
    ) },
    { id: 'principal', header: 'Who', minWidth: 220, cell: (row) => (
      <SpaceBetween size="xxxs">
        <SpaceBetween direction="horizontal" size="xs"><Link href={`/access/principals?${new URLSearchParams({ arn: row.principal })}`}>{row.name}</Link><NearnessBadge nearness={row.nearness} /></SpaceBetween>
        {row.name !== row.principal && <Identifier text={row.principal} most={44} />}
      </SpaceBetween>
    ) },
    { id: 'abilities', header: 'Can', minWidth: 160, cell: (row) => row.abilities.map(({ id, label, cell }) => <div key={id}>{label}{cell === 'yes' ? '' : `: ${wordOfCell(cell)}`}</div>) },
    { id: 'through', header: 'Through', minWidth: 200, cell: (row) => row.through.length === 0 ? 'see the key’s access' : row.through.map((road) => (
      <div key={`${road.kind} ${road.text}`}>
        <Popover header={road.kind === 'grant' ? 'The grant' : 'The statement'} size="large" triggerType="text" content={<pre className="claviger-json">{road.text}</pre>}>{road.kind} {road.name}</Popover>
        <Box fontSize="body-s" color="text-body-secondary">{road.kind === 'statement' ? 'seen since' : 'since'} <Moment at={road.since} missing="unknown" /></Box>
      </div>
    )) },
    { id: 'conditions', header: 'With which condition', minWidth: 180, cell: (row) => row.conditions.length === 0 ? 'none' : row.conditions.map((text) => <div key={text}>{text}</div>) },
    { id: 'review', header: 'Review', minWidth: 200, cell: (row) => <ReviewCell row={row} /> },
    { id: 'acts', header: 'Decide', minWidth: 150, cell: (row) => may(row)
      ? (
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="inline-link" ariaLabel={`Accept ${row.name} on ${row.key.aliases[0] ?? row.key.keyId}`} onClick={() => act({ row, decision: 'accepted' })}>Accept</Button>
          <Button variant="inline-link" ariaLabel={`To be fixed: ${row.name} on ${row.key.aliases[0] ?? row.key.keyId}`} onClick={() => act({ row, decision: 'toFix' })}>To be fixed</Button>
        </SpaceBetween>
      )
      : <Box color="text-body-secondary">needs external.review</Box> },
  ]
}

function ReviewCell({ row: { state, review } }: { row: ExternalRow }) {
  const { type, text } = states[state]
  return (
    <SpaceBetween size="xxxs">
      <StatusIndicator type={type}>{text}</StatusIndicator>
      {review && <Box fontSize="body-s" color="text-body-secondary">{review.reason}</Box>}
      {review && <Box fontSize="body-s" color="text-body-secondary">{review.by}, <Moment at={review.at} />{review.until && <>; until <Moment at={review.until} /></>}</Box>}
    </SpaceBetween>
  )
}
