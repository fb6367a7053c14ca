'use client'

import Badge from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import Toggle from '@cloudscape-design/components/toggle'
import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { BoxTable } from '@/components/table/box-table'
import { Pages } from '@/components/table/pages'
import { useFlash } from '@/components/shell/flash'
import { useFrame } from '@/components/shell/page-frame'
import { useMarkRead } from '@/components/shell/use-bell'
import { formatParams } from '@/components/shell/use-address'
import { Moment } from '@/components/value/moment'
import type { NoticeRow } from '@/lib/notify/inbox'

type Props = {
  notices: NoticeRow[]
  total: number
  unread: number
  pages: number
  page: number
  unreadOnly: boolean
}

const addressOf = (page: number, unreadOnly: boolean) =>
  `/notifications?${formatParams({ show: unreadOnly ? 'unread' : '', page: page > 1 ? page : '' })}`

/** Marks notices as read; without ids, all of them. */
function useMark() {
  const router = useRouter()
  const flash = useFlash()
  const markRead = useMarkRead()
  const [isMarking, startMarking] = useTransition()
  const mark = (ids: string[] | null) =>
    startMarking(async () => {
      const result = await markRead(ids)
      if (result && !result.ok) return flash.failure(result.error)
      router.refresh()
    })
  return { markRead, mark, isMarking }
}
type Marking = ReturnType<typeof useMark>

export function NotificationsView(props: Props) {
  const { notices, pages, page, unreadOnly } = props
  const router = useRouter()
  const marking = useMark()
  useFrame({ breadcrumbs: [{ text: 'Notifications', href: '/notifications' }] })
  return (
    <BoxTable
      variant="full-page"
      trackBy="id"
      items={notices}
      header={<Heading {...props} marking={marking} />}
      pagination={
        pages > 1 && (
          <Pages
            page={page}
            pages={pages}
            of="notifications"
            onChange={(next) => router.push(addressOf(next, unreadOnly))}
          />
        )
      }
      empty={
        <Box textAlign="center" color="inherit">
          {unreadOnly
            ? 'Everything is read.'
            : 'Nothing yet. What concerns you, requests that wait for you and the ends of your own, stands here.'}
        </Box>
      }
      columnDefinitions={columns(marking)}
    />
  )
}

function Heading({ total, unread, unreadOnly, marking }: Props & { marking: Marking }) {
  const router = useRouter()
  return (
    <Header
      variant="h1"
      counter={`(${unread > 0 ? `${unread} unread of ${total}` : total})`}
      actions={
        <SpaceBetween direction="horizontal" size="m" alignItems="center">
          <Toggle
            checked={unreadOnly}
            onChange={({ detail }) => router.push(addressOf(1, detail.checked))}
          >
            Unread only
          </Toggle>
          <Button
            disabled={unread === 0}
            loading={marking.isMarking}
            onClick={() => marking.mark(null)}
          >
            Mark all as read
          </Button>
        </SpaceBetween>
      }
    >
      Notifications
    </Header>
  )
}

const columns = ({
  markRead,
  mark,
  isMarking,
}: Marking): TableProps.ColumnDefinition<NoticeRow>[] => [
  {
    id: 'title',
    header: 'What',
    isRowHeader: true,
    minWidth: 260,
    cell: (n) => <Title notice={n} onRead={() => void markRead([n.id])} />,
  },
  { id: 'at', header: 'When', minWidth: 140, cell: (n) => <Moment at={n.createdAt} /> },
  {
    id: 'read',
    header: 'Read',
    minWidth: 150,
    cell: (n) =>
      n.readAt ? (
        <Moment at={n.readAt} />
      ) : (
        <Button
          variant="inline-link"
          disabled={isMarking}
          ariaLabel={`Mark as read: ${n.title}`}
          onClick={() => mark([n.id])}
        >
          Mark as read
        </Button>
      ),
  },
]

function Title({
  notice: { title, body, href, readAt },
  onRead,
}: {
  notice: NoticeRow
  onRead(): void
}) {
  return (
    <div>
      <Link href={href} onFollow={() => readAt === null && onRead()}>
        <Box variant="span" fontWeight={readAt ? 'normal' : 'bold'} color="inherit">
          {title}
        </Box>
      </Link>
      {readAt === null && (
        <>
          {' '}
          <Badge color="blue">unread</Badge>
        </>
      )}
      {body && (
        <Box variant="p" color="text-body-secondary">
          <span style={{ whiteSpace: 'pre-line' }}>{body}</span>
        </Box>
      )}
    </div>
  )
}
