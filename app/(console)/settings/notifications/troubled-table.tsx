'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { useFlash } from '@/components/shell/flash'
import { BoxTable } from '@/components/table/box-table'
import { Moment } from '@/components/value/moment'
import type { TroubledDelivery } from '@/lib/settings/deliveries'
import { retryDelivery } from './actions'

type Props = { deliveries: readonly TroubledDelivery[]; waiting: number; mayManage: boolean }

function waitingText(waiting: number) {
  if (waiting === 0) return 'No message waits'
  return waiting === 1 ? '1 message waits' : `${waiting} messages wait`
}

const columns: TableProps.ColumnDefinition<TroubledDelivery>[] = [
  { id: 'to', header: 'To', isRowHeader: true, minWidth: 180, cell: (d) => d.target },
  { id: 'title', header: 'Message', minWidth: 220, cell: (d) => d.title },
  { id: 'problem', header: 'Why', minWidth: 260, cell: (d) => d.problem },
  { id: 'at', header: 'Since', minWidth: 130, cell: (d) => <Moment at={d.createdAt} /> },
  { id: 'state', header: 'State', minWidth: 170, cell: (d) => <State delivery={d} /> },
]

/** Messages that did not arrive, and why. */
export function TroubledTable({ deliveries, waiting, mayManage }: Props) {
  const router = useRouter()
  const flash = useFlash()
  const [isRetrying, startRetrying] = useTransition()
  const retry = (id: string) =>
    startRetrying(async () => {
      const result = await retryDelivery({ id })
      if (!result.ok) flash.failure(result.error)
      else flash.success('It is sent again within a second or two.')
      router.refresh()
    })
  return (
    <BoxTable
      variant="container"
      trackBy="id"
      items={deliveries}
      header={
        <Header
          variant="h2"
          counter={`(${deliveries.length}${deliveries.length === 50 ? ' newest' : ''})`}
          actions={
            <Button iconName="refresh" ariaLabel="Look again" onClick={() => router.refresh()} />
          }
          description={`${waitingText(waiting)} to be sent.`}
        >
          Messages that did not arrive
        </Header>
      }
      empty={
        <Box textAlign="center" color="inherit">
          No message that is still kept failed, and none is being tried again.
        </Box>
      }
      columnDefinitions={[
        ...columns,
        ...(mayManage
          ? [
              {
                id: 'acts',
                header: 'Actions',
                minWidth: 130,
                cell: (d: TroubledDelivery) => (
                  <Button
                    variant="inline-link"
                    disabled={isRetrying}
                    ariaLabel={`Send again to ${d.target}: ${d.title}`}
                    onClick={() => retry(d.id)}
                  >
                    Send again
                  </Button>
                ),
              },
            ]
          : []),
      ]}
    />
  )
}

function State({ delivery: { tries, nextTryAt } }: { delivery: TroubledDelivery }) {
  const times = tries === 1 ? '1 try' : `${tries} tries`
  return (
    <>
      {nextTryAt === null ? (
        <StatusIndicator type="error">Given up</StatusIndicator>
      ) : (
        <StatusIndicator type="in-progress">Trying</StatusIndicator>
      )}
      <Box variant="small" display="block">
        {nextTryAt === null ? (
          `after ${times}`
        ) : (
          <>
            {times} so far, next <Moment at={nextTryAt} />
          </>
        )}
      </Box>
    </>
  )
}
