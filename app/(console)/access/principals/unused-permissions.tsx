'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import { BoxTable } from '@/components/table/box-table'
import { Breakable } from '@/components/value/breakable'
import { Moment } from '@/components/value/moment'
import { narrow, type Held, type Narrowing } from '@/lib/access/held/held'
import type { PrincipalUse } from '@/lib/trail/usage/principal-use'

type Props = { held: Held; use: PrincipalUse }

/** Permissions that its IAM policies give and that it did not use, with the statement without them. */
export function UnusedPermissions({ held, use }: Props) {
  if (held.kind === 'unknown')
    return (
      <Alert type="warning" header="Its permissions are unknown">
        {held.why}
      </Alert>
    )
  const used = use.operations.filter(({ calls, denied }) => calls > denied)
  const rows = narrow(
    held.statements,
    used.map(({ operation }) => operation),
  )
  return (
    <BoxTable<Narrowing>
      variant="container"
      isDense
      items={rows}
      trackBy={({ statement }) => `${statement.title} ${statement.place}`}
      ariaLabels={{ tableLabel: 'Permissions and their use' }}
      header={
        <Header
          variant="h2"
          counter={`(${rows.length})`}
          description={
            <>
              Statements of its IAM policies that allow something of KMS, read{' '}
              <Moment at={held.readAt} missing="never" />. Key policies and grants that name it are
              not here. Not seen in the covered hours is not proof that it is never needed: what
              runs once a year is not in a shorter period.
            </>
          }
        >
          Permissions and their use
        </Header>
      }
      empty={<Box textAlign="center">No IAM policy that it holds allows anything of KMS.</Box>}
      columnDefinitions={columns}
    />
  )
}

const columns: readonly TableProps.ColumnDefinition<Narrowing>[] = [
  {
    id: 'statement',
    header: 'Statement',
    isRowHeader: true,
    minWidth: 150,
    cell: ({ statement: { title, sid, place } }) => (
      <>
        <Breakable text={title} />
        <Box fontSize="body-s" color="text-body-secondary">
          statement {place}
          {sid !== null && `, ${sid}`}
        </Box>
      </>
    ),
  },
  {
    id: 'unused',
    header: 'Held and not used in this period',
    minWidth: 180,
    cell: ({ unused, statement: { actions } }) =>
      unused.length === 0 ? (
        <span className="claviger-none">none</span>
      ) : (
        <>
          {unused.length} of {actions.length}
          <Box fontSize="body-s">
            <Breakable text={unused.join(', ')} />
          </Box>
        </>
      ),
  },
  { id: 'proposal', header: 'Narrowed', minWidth: 240, cell: (row) => <Proposal of={row} /> },
]

function Proposal({ of: { statement, unused, proposal } }: { of: Narrowing }) {
  if (unused.length === 0) return <>Every permission was used.</>
  if (statement.isWide)
    return (
      <>It allows more than KMS in one word. List the actions it needs before it can be narrowed.</>
    )
  if (proposal === null)
    return <>None was used in the hours that the trail has: remove them if none is needed.</>
  return (
    <SpaceBetween size="xxs">
      {statement.unseen.length > 0 && (
        <Box fontSize="body-s">
          CloudTrail does not tell whether {statement.unseen.join(', ')} is used: it stays.
        </Box>
      )}
      <pre className="claviger-json" tabIndex={0} aria-label="The narrowed statement">
        {proposal}
      </pre>
      <CopyToClipboard
        variant="button"
        copyButtonText="Copy"
        textToCopy={proposal}
        copySuccessText="Copied"
        copyErrorText="The browser did not allow copying"
      />
    </SpaceBetween>
  )
}
