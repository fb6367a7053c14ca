'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Header from '@cloudscape-design/components/header'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useState } from 'react'
import { BoxTable } from '@/components/table/box-table'
import { Identifier } from '@/components/value/identifier'
import { Moment } from '@/components/value/moment'
import type { FoundTrail, LogSourceRow } from '@/lib/trail/log-files/sources'
import { RemoveSource } from './remove-source'
import { SourceForm } from './source-form'

type Props = {
  sources: readonly LogSourceRow[]
  found: readonly FoundTrail[]
  mayManage: boolean
  roleName: string
}
type Act = { kind: 'add' } | { kind: 'change' | 'remove'; source: LogSourceRow }

const number = (count: number) => count.toLocaleString('en')
const nameOf = ({ trailArn }: LogSourceRow) => trailArn.slice(trailArn.lastIndexOf('/') + 1)
const bucketOf = ({ bucket, prefix }: LogSourceRow) =>
  `s3://${bucket}/${prefix === '' ? '' : `${prefix}/`}AWSLogs/`

function Status({ problem, lookedAt, folders, filesWaiting }: LogSourceRow) {
  if (problem !== null) return <StatusIndicator type="error">{problem}</StatusIndicator>
  if (lookedAt === null)
    return folders === 0 ? (
      <StatusIndicator type="pending">Not read yet</StatusIndicator>
    ) : (
      <StatusIndicator type="in-progress">First reading</StatusIndicator>
    )
  return filesWaiting > 0 ? (
    <StatusIndicator type="in-progress">{number(filesWaiting)} files waiting</StatusIndicator>
  ) : (
    <StatusIndicator type="success">Up to date</StatusIndicator>
  )
}

const lead =
  'Log files of CloudTrail, read from their bucket: all events, for as long as the bucket keeps them'

const columns: TableProps.ColumnDefinition<LogSourceRow>[] = [
  {
    id: 'trail',
    header: 'Trail',
    isRowHeader: true,
    minWidth: 160,
    cell: (row) => (
      <>
        {nameOf(row)}
        <Box variant="small" color="text-body-secondary" display="block">
          {row.isOrganization ? 'Organization trail' : 'Trail of one account'}
        </Box>
      </>
    ),
  },
  { id: 'status', header: 'Status', minWidth: 190, cell: Status },
  {
    id: 'bucket',
    header: 'Bucket',
    minWidth: 190,
    cell: (row) => <Identifier text={bucketOf(row)} />,
  },
  {
    id: 'digests',
    header: 'Digests',
    minWidth: 90,
    cell: ({ validates }) => (validates ? 'Verified' : 'Not verified'),
  },
  {
    id: 'files',
    header: 'Files read',
    minWidth: 120,
    cell: ({ filesRead, folders }) => (
      <>
        {number(filesRead)}
        <Box variant="small" color="text-body-secondary" display="block">
          {number(folders)} accounts × Regions
        </Box>
      </>
    ),
  },
  {
    id: 'newest',
    header: 'Newest file',
    minWidth: 110,
    cell: ({ newestAt }) => <Moment at={newestAt} missing="none yet" />,
  },
]

/** The trails whose log files are read. */
export function SourcesTable({ sources, found, mayManage, roleName }: Props) {
  const [act, setAct] = useState<Act | null>(null)
  const close = () => setAct(null)
  return (
    <>
      <BoxTable
        variant="container"
        trackBy="trailArn"
        items={sources}
        header={
          <Header
            variant="h2"
            counter={`(${sources.length})`}
            description={lead}
            actions={
              mayManage && (
                <Button iconName="add-plus" onClick={() => setAct({ kind: 'add' })}>
                  Add trail
                </Button>
              )
            }
          >
            Log files in S3
          </Header>
        }
        empty={
          <Box textAlign="center" color="inherit">
            No trail yet. Deploy the role below, then add the trail.
          </Box>
        }
        columnDefinitions={mayManage ? [...columns, actsColumn(setAct)] : columns}
      />
      {act?.kind === 'add' && (
        <SourceForm source={null} found={found} roleName={roleName} onClose={close} />
      )}
      {act?.kind === 'change' && (
        <SourceForm source={act.source} found={[]} roleName={roleName} onClose={close} />
      )}
      {act?.kind === 'remove' && (
        <RemoveSource trailArn={act.source.trailArn} name={nameOf(act.source)} onClose={close} />
      )}
    </>
  )
}

const actsColumn = (onChoose: (act: Act) => void): TableProps.ColumnDefinition<LogSourceRow> => ({
  id: 'acts',
  header: 'Actions',
  minWidth: 80,
  cell: (source) => (
    <ButtonDropdown
      variant="icon"
      expandToViewport
      ariaLabel={`Actions for ${nameOf(source)}`}
      items={[
        { id: 'change', text: 'Change' },
        { id: 'remove', text: 'Remove' },
      ]}
      onItemClick={({ detail: { id } }) => {
        if (id === 'change' || id === 'remove') onChoose({ kind: id, source })
      }}
    />
  ),
})
