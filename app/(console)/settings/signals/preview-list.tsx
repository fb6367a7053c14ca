'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useCallback, useEffect, useState } from 'react'
import { BoxTable } from '@/components/table/box-table'
import { Moment } from '@/components/value/moment'
import type { Preview } from '@/lib/trail/signals/settings'
import { previewSignal } from './actions'

type Episode = Preview['episodes'][number]
/** Of which threshold it is, so that a list never stands beside another one. */
type Read = { of: number | null; preview: Preview | null; problem: string | null }
type Props = {
  name: string
  threshold: number | null
  /** Reads without being asked to. */
  isAtOnce?: boolean
}

const columns: TableProps.ColumnDefinition<Episode>[] = [
  { id: 'at', header: 'When', minWidth: 110, cell: ({ at }) => <Moment at={at} /> },
  { id: 'account', header: 'Account', minWidth: 130, cell: ({ accountName }) => accountName },
  {
    id: 'text',
    header: 'What it would have said',
    isRowHeader: true,
    minWidth: 260,
    cell: ({ text, href }) => <Link href={href}>{text}</Link>,
  },
]

/** What a signal would have said over the last 30 days. */
export function PreviewList({ name, threshold, isAtOnce = false }: Props) {
  const [isReading, setReading] = useState(isAtOnce)
  const [read, setRead] = useState<Read | null>(null)
  const look = useCallback(async () => {
    setReading(true)
    const result = await previewSignal({ name, threshold })
    setRead({
      of: threshold,
      preview: result.ok ? result.data : null,
      problem: result.ok ? null : (result.error.fields?.threshold?.[0] ?? result.error.message),
    })
    setReading(false)
  }, [name, threshold])
  useEffect(() => {
    if (isAtOnce) void look()
  }, [isAtOnce, look])
  const shown = read && Object.is(read.of, threshold) ? read : null
  return (
    <SpaceBetween size="s">
      {!isAtOnce && (
        <Button loading={isReading} onClick={() => void look()}>
          Preview
        </Button>
      )}
      {isAtOnce && isReading && <StatusIndicator type="loading">Reading the trail</StatusIndicator>}
      {shown?.problem && <StatusIndicator type="error">{shown.problem}</StatusIndicator>}
      {shown?.preview && <Episodes {...shown.preview} />}
    </SpaceBetween>
  )
}

function Episodes({ episodes, total }: Preview) {
  const times = total === 1 ? 'once' : `${total.toLocaleString('en')} times`
  const said = total === 0 ? 'nothing' : `something ${times}`
  return (
    <BoxTable
      variant="embedded"
      trackBy={({ accountId, episode }) => `${accountId} ${episode}`}
      items={episodes}
      columnDefinitions={columns}
      header={
        <Header
          variant="h3"
          description={
            total > episodes.length ? `The newest ${episodes.length} are listed.` : undefined
          }
        >
          Would have said {said} in 30 days
        </Header>
      }
      empty={
        <Box textAlign="center" color="inherit">
          Nothing in the events that are here.
        </Box>
      }
    />
  )
}
