'use client'

import Badge from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import { useRouter } from 'next/navigation'
import { useState, type ReactNode } from 'react'
import { useFlash } from '@/components/shell/flash'
import { BoxTable } from '@/components/table/box-table'
import { Moment } from '@/components/value/moment'
import type { Result } from '@/lib/result'
import type { SessionList, SessionRow } from '@/lib/settings/sessions'

type Props = SessionList & {
  title: string
  description: string
  actions?: ReactNode
  /** Whose session it is, where that is not plain. */
  showsPerson?: boolean
  /** Absent: for reading only. */
  end?: (input: { sessionId: string }) => Promise<Result<void>>
}

type Column = TableProps.ColumnDefinition<SessionRow>

const personColumn: Column = {
  id: 'person',
  header: 'Person',
  minWidth: 180,
  cell: ({ person: { name, email } }) => (
    <div>
      <strong>{name}</strong>
      <Box variant="small" color="text-body-secondary" display="block">
        {email}
      </Box>
    </div>
  ),
}

const deviceCell = ({ device, isThis }: SessionRow) => (
  <SpaceBetween direction="horizontal" size="xs">
    {device}
    {isThis && <Badge color="blue">this one</Badge>}
  </SpaceBetween>
)

const columns: Column[] = [
  { id: 'device', header: 'Browser', isRowHeader: true, minWidth: 180, cell: deviceCell },
  {
    id: 'started',
    header: 'Signed in',
    minWidth: 150,
    cell: ({ startedAt }) => <Moment at={startedAt} />,
  },
  {
    id: 'seen',
    header: 'Last seen',
    minWidth: 150,
    cell: ({ lastSeenAt }) => <Moment at={lastSeenAt} />,
  },
  {
    id: 'ends',
    header: 'Ends by itself',
    minWidth: 150,
    cell: ({ endsAt }) => <Moment at={endsAt} />,
  },
]

const endColumn = (end: NonNullable<Props['end']>): Column => ({
  id: 'acts',
  header: 'Actions',
  minWidth: 90,
  cell: (session) => <EndButton session={session} end={end} />,
})

/** Sessions under way, each with what is known of it and its end. */
export function SessionsTable({
  sessions,
  total,
  title,
  description,
  actions,
  showsPerson = false,
  end,
}: Props) {
  const isCut = total > sessions.length
  return (
    <BoxTable
      variant="container"
      trackBy="id"
      items={sessions}
      header={
        <Header
          variant="h2"
          counter={isCut ? `(${sessions.length} of ${total})` : `(${total})`}
          description={
            isCut
              ? `${description} Shown are the ${sessions.length} newest of ${total}.`
              : description
          }
          actions={actions}
        >
          {title}
        </Header>
      }
      empty={
        <Box textAlign="center" color="inherit">
          Nobody is signed in.
        </Box>
      }
      columnDefinitions={[
        ...(showsPerson ? [personColumn] : []),
        ...columns,
        ...(end ? [endColumn(end)] : []),
      ]}
    />
  )
}

type EndProps = { session: SessionRow; end: NonNullable<Props['end']> }

function EndButton({ session: { id, device, person, isThis }, end }: EndProps) {
  const router = useRouter()
  const flash = useFlash()
  const [isEnding, setEnding] = useState(false)
  async function act() {
    setEnding(true)
    const result = await end({ sessionId: id })
    setEnding(false)
    if (!result.ok) return flash.failure(result.error)
    if (isThis) return location.assign('/sign-in?signed-out=1')
    flash.success(`The session of ${person.name} in ${device} has ended.`)
    router.refresh()
  }
  return (
    <Button
      variant="inline-link"
      loading={isEnding}
      ariaLabel={`End the session of ${person.name} in ${device}`}
      onClick={() => void act()}
    >
      End
    </Button>
  )
}
