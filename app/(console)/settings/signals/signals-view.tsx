'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Header from '@cloudscape-design/components/header'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useState } from 'react'
import { useHeld } from '@/components/shell/held'
import { BoxTable } from '@/components/table/box-table'
import { Moment } from '@/components/value/moment'
import type { SignalRow } from '@/lib/trail/signals/settings'
import { SettingsFrame } from '../settings-frame'
import { MuteSignal, UnmuteSignal } from './mute-dialogs'
import { PreviewSignal } from './preview-signal'
import { ThresholdDialog } from './threshold-dialog'

const kinds = ['preview', 'threshold', 'mute', 'unmute'] as const
type Act = { kind: (typeof kinds)[number]; signal: SignalRow }

const description =
  'What in the trail is worth a notice. Everyone who can see the account is told, once for each ' +
  'episode. Who gets notices by e-mail or webhook is set under Notifications.'

export function SignalsView({ signals }: { signals: readonly SignalRow[] }) {
  const mayManage = useHeld().has('trail.manage')
  const [act, setAct] = useState<Act | null>(null)
  const close = () => setAct(null)
  const preview = previewColumn(setAct)
  return (
    <SettingsFrame tab="signals">
      <BoxTable
        variant="container"
        trackBy="name"
        items={signals}
        header={
          <Header variant="h2" counter={`(${signals.length})`} description={description}>
            Signals
          </Header>
        }
        columnDefinitions={
          mayManage ? [...columns, preview, actsColumn(setAct)] : [...columns, preview]
        }
      />
      {act?.kind === 'preview' && <PreviewSignal signal={act.signal} onClose={close} />}
      {act?.kind === 'threshold' && <ThresholdDialog signal={act.signal} onClose={close} />}
      {act?.kind === 'mute' && <MuteSignal signal={act.signal} onClose={close} />}
      {act?.kind === 'unmute' && <UnmuteSignal signal={act.signal} onClose={close} />}
    </SettingsFrame>
  )
}

const Small = ({ children }: { children: React.ReactNode }) => (
  <Box variant="small" color="text-body-secondary" display="block">
    {children}
  </Box>
)

const columns: TableProps.ColumnDefinition<SignalRow>[] = [
  {
    id: 'signal',
    header: 'Signal',
    isRowHeader: true,
    minWidth: 300,
    cell: ({ title, lead }) => (
      <>
        {title}
        <Small>{lead}</Small>
      </>
    ),
  },
  {
    id: 'threshold',
    header: 'Threshold',
    minWidth: 150,
    cell: ({ threshold }) =>
      threshold ? (
        <>
          {threshold.value.toLocaleString('en')}
          <Small>{threshold.words}</Small>
        </>
      ) : (
        'none'
      ),
  },
  { id: 'state', header: 'Muted', minWidth: 170, cell: Muted },
  {
    id: 'told',
    header: 'Last told',
    minWidth: 120,
    cell: ({ lastToldAt, told }) => (
      <>
        <Moment at={lastToldAt} missing="never" />
        {told > 0 && <Small>{told.toLocaleString('en')} in 30 days</Small>}
      </>
    ),
  },
]

function Muted({ mutedUntil, muteReason }: SignalRow) {
  if (mutedUntil === null) return 'no'
  return (
    <>
      <StatusIndicator type="stopped">
        Ends <Moment at={mutedUntil} />
      </StatusIndicator>
      <Small>{muteReason}</Small>
    </>
  )
}

type OnChoose = (act: Act) => void

const previewColumn = (onChoose: OnChoose): TableProps.ColumnDefinition<SignalRow> => ({
  id: 'preview',
  header: 'Preview',
  minWidth: 110,
  cell: (signal) => (
    <Button
      variant="inline-link"
      ariaLabel={`Preview ${signal.title}`}
      onClick={() => onChoose({ kind: 'preview', signal })}
    >
      Preview
    </Button>
  ),
})

const actsColumn = (onChoose: OnChoose): TableProps.ColumnDefinition<SignalRow> => ({
  id: 'acts',
  header: 'Actions',
  minWidth: 100,
  cell: (signal) => (
    <ButtonDropdown
      variant="icon"
      expandToViewport
      ariaLabel={`Actions for ${signal.title}`}
      items={[
        ...(signal.threshold ? [{ id: 'threshold', text: 'Change threshold' }] : []),
        signal.mutedUntil === null
          ? { id: 'mute', text: 'Mute' }
          : { id: 'unmute', text: 'Unmute' },
      ]}
      onItemClick={({ detail: { id } }) => {
        const kind = kinds.find((one) => one === id)
        if (kind) onChoose({ kind, signal })
      }}
    />
  ),
})
