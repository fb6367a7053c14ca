'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { useFlash } from '@/components/shell/flash'
import { BoxTable } from '@/components/table/box-table'
import { Identifier } from '@/components/value/identifier'
import { Moment } from '@/components/value/moment'
import type { LogFinding } from '@/lib/trail/log-files/findings'
import { readFilesAgain } from './actions'

type Props = { findings: readonly LogFinding[]; more: boolean; mayManage: boolean }

const columns: TableProps.ColumnDefinition<LogFinding>[] = [
  {
    id: 'object',
    header: 'File',
    isRowHeader: true,
    minWidth: 240,
    cell: ({ object }) => <Identifier text={object} />,
  },
  { id: 'state', header: 'Problem', minWidth: 130, cell: ({ state }) => state },
  { id: 'words', header: 'What to do', minWidth: 360, cell: ({ words }) => words },
  {
    id: 'place',
    header: 'Account and Region',
    minWidth: 160,
    cell: ({ accountId, region }) => `${accountId}, ${region}`,
  },
  {
    id: 'at',
    header: 'Delivered',
    minWidth: 130,
    cell: ({ deliveredAt }) => <Moment at={deliveredAt} />,
  },
]

/** Log files and digests with problems; what was mended is read again from here. */
export function FindingsTable({ findings, more, mayManage }: Props) {
  const [isSending, start] = useTransition()
  const flash = useFlash()
  const router = useRouter()
  const again = () =>
    start(async () => {
      let files = 0
      for (const trailArn of new Set(findings.map((one) => one.trailArn))) {
        const result = await readFilesAgain({ trailArn })
        if (!result.ok) return flash.failure(result.error)
        files += result.data.files
      }
      flash.success(`${files.toLocaleString('en')} files are read again.`)
      router.refresh()
    })
  if (findings.length === 0) return null
  return (
    <BoxTable
      variant="container"
      trackBy="id"
      items={findings}
      header={
        <Header
          variant="h2"
          counter={`(${findings.length}${more ? '+' : ''})`}
          description="The other files are read all the same. Hours around these are not shown as whole."
          actions={
            mayManage && (
              <SpaceBetween direction="horizontal" size="xs">
                <Button loading={isSending} onClick={again}>
                  Read files again
                </Button>
              </SpaceBetween>
            )
          }
        >
          Files with problems
        </Header>
      }
      empty={<Box textAlign="center">None</Box>}
      columnDefinitions={columns}
    />
  )
}
