'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import Modal from '@cloudscape-design/components/modal'
import type { TableProps } from '@cloudscape-design/components/table'
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { DialogButtons } from '@/components/shell/dialog-buttons'
import { useFlash } from '@/components/shell/flash'
import { BoxTable } from '@/components/table/box-table'
import { Moment } from '@/components/value/moment'
import type { ImportRow } from '@/lib/trail/upload'
import { undoImport } from './actions'

const number = (count: number) => count.toLocaleString('en')
const states: Record<ImportRow['state'], string> = {
  running: 'Not ended',
  done: 'Done',
  undone: 'Undone',
}

const columns: TableProps.ColumnDefinition<ImportRow>[] = [
  { id: 'id', header: 'Import', isRowHeader: true, minWidth: 80, cell: ({ id }) => id },
  { id: 'what', header: 'Files', minWidth: 240, cell: Files },
  {
    id: 'when',
    header: 'Started',
    minWidth: 150,
    cell: ({ startedAt, byName }) => (
      <>
        <Moment at={startedAt} />
        <Box variant="small" color="text-body-secondary" display="block">
          {byName}
        </Box>
      </>
    ),
  },
  { id: 'state', header: 'Status', minWidth: 100, cell: ({ state }) => states[state] },
  {
    id: 'records',
    header: 'Records',
    minWidth: 100,
    cell: ({ records }) => number(records),
  },
  {
    id: 'stored',
    header: 'New events',
    minWidth: 130,
    cell: ({ stored, setAside, tooOld }) =>
      [
        number(stored),
        setAside > 0 && `${number(setAside)} set aside`,
        tooOld > 0 && `${number(tooOld)} too old`,
      ]
        .filter(Boolean)
        .join(', '),
  },
]

function Files({ what, files, problems }: ImportRow) {
  return (
    <>
      {what}
      <Box variant="small" color="text-body-secondary" display="block">
        {number(files)} files
      </Box>
      {problems.length > 0 && (
        <ExpandableSection variant="footer" headerText={`${number(problems.length)} with problems`}>
          {problems.map(({ file, problem }, index) => (
            <div key={index}>
              {file} {problem}.
            </div>
          ))}
        </ExpandableSection>
      )}
    </>
  )
}

/** What was imported, by people and on the host; each can be taken out again. */
export function ImportsTable({ imports }: { imports: readonly ImportRow[] }) {
  const [undoing, setUndoing] = useState<ImportRow | null>(null)
  return (
    <>
      <BoxTable
        variant="container"
        trackBy={({ id }) => String(id)}
        items={imports}
        header={
          <Header variant="h2" counter={`(${imports.length})`}>
            Imports
          </Header>
        }
        empty={
          <Box textAlign="center" color="inherit">
            Nothing was imported.
          </Box>
        }
        columnDefinitions={[
          ...columns,
          {
            id: 'acts',
            header: 'Actions',
            minWidth: 110,
            cell: (row) =>
              row.state !== 'undone' && (
                <Button ariaLabel={`Undo import ${row.id}`} onClick={() => setUndoing(row)}>
                  Undo
                </Button>
              ),
          },
        ]}
      />
      {undoing && <Undo row={undoing} onClose={() => setUndoing(null)} />}
    </>
  )
}

function Undo({ row, onClose }: { row: ImportRow; onClose(): void }) {
  const [isSending, start] = useTransition()
  const flash = useFlash()
  const router = useRouter()
  const undo = () =>
    start(async () => {
      const result = await undoImport({ importId: row.id })
      if (!result.ok) flash.failure(result.error)
      else flash.success(`${number(result.data.events)} events of import ${row.id} are gone.`)
      onClose()
      router.refresh()
    })
  return (
    <Modal
      visible
      header={`Undo import ${row.id}`}
      onDismiss={onClose}
      footer={
        <DialogButtons label="Undo import" isBusy={isSending} onConfirm={undo} onBack={onClose} />
      }
    >
      Events that this import alone brought are deleted. Those that another import or a source
      brought too stay.
    </Modal>
  )
}
