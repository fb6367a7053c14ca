'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useState } from 'react'
import { BoxTable } from '@/components/table/box-table'
import { Moment } from '@/components/value/moment'
import type { AccountName } from '@/lib/settings/read'
import type { Candidate, DelegateRow } from '@/lib/settings/delegates'
import { SettingsFrame } from '../settings-frame'
import { EndDialog, NameDialog } from './delegate-dialogs'
import { rightsText } from './rights-text'

type Props = {
  delegates: DelegateRow[]
  candidates: Candidate[]
  accounts: AccountName[]
  ownId: string
  mayName: boolean
  mayNameForOthers: boolean
  seesAll: boolean
}

const description =
  'While somebody is away, their delegate decides about requests with their rights and no others, ' +
  'and each decision names both. Nobody decides about their own request, nor as the delegate of ' +
  'its requester. Only one approval counts for both.'

function columns(
  { ownId, accounts }: Props,
  onEnd: (row: DelegateRow) => void,
): TableProps.ColumnDefinition<DelegateRow>[] {
  const nameOf = ({ id, name }: { id: string; name: string }) =>
    id === ownId ? `${name} (you)` : name
  return [
    {
      id: 'away',
      header: 'Away',
      isRowHeader: true,
      minWidth: 130,
      cell: (s) => nameOf(s.away),
    },
    { id: 'delegate', header: 'Delegate', minWidth: 130, cell: (s) => nameOf(s.delegate) },
    { id: 'from', header: 'From', minWidth: 110, cell: (s) => <Moment at={s.startsAt} /> },
    {
      id: 'until',
      header: 'Until',
      minWidth: 100,
      cell: (s) => <Moment at={s.endedAt ?? s.endsAt} />,
    },
    {
      id: 'rights',
      header: 'Can decide',
      minWidth: 190,
      cell: (s) => rightsText(s.rights, accounts),
    },
    {
      id: 'reason',
      header: 'Why, and named by',
      minWidth: 140,
      cell: (s) => (s.reason ? `${s.reason} (${s.createdBy})` : s.createdBy),
    },
    { id: 'state', header: 'State', minWidth: 130, cell: (s) => <State row={s} /> },
    {
      id: 'acts',
      header: 'Actions',
      minWidth: 90,
      cell: (s) =>
        s.mayEnd ? (
          <Button
            variant="inline-link"
            ariaLabel={`End that ${s.delegate.name} is the delegate of ${s.away.name}`}
            onClick={() => onEnd(s)}
          >
            End
          </Button>
        ) : null,
    },
  ]
}

export function DelegatesView(props: Props) {
  const { delegates, mayName, seesAll } = props
  const [isNaming, setNaming] = useState(false)
  const [ending, setEnding] = useState<DelegateRow | null>(null)
  return (
    <SettingsFrame tab="delegates">
      <BoxTable
        variant="container"
        trackBy="id"
        items={delegates}
        header={
          <Header
            variant="h2"
            counter={`(${delegates.length})`}
            description={description}
            actions={
              mayName && (
                <Button iconName="add-plus" onClick={() => setNaming(true)}>
                  Name a delegate
                </Button>
              )
            }
          >
            {seesAll ? 'Delegates' : 'Delegates that concern you'}
          </Header>
        }
        empty={
          <Box textAlign="center" color="inherit">
            {seesAll ? 'No delegates.' : 'No delegates that concern you.'} Past ones are kept 90
            days.
          </Box>
        }
        columnDefinitions={columns(props, setEnding)}
      />
      {isNaming && (
        <NameDialog
          candidates={props.candidates}
          accounts={props.accounts}
          ownId={props.ownId}
          forOthers={props.mayNameForOthers}
          onClose={() => setNaming(false)}
        />
      )}
      {ending && <EndDialog row={ending} onClose={() => setEnding(null)} />}
    </SettingsFrame>
  )
}

function State({ row: { state, idle, endedAt } }: { row: DelegateRow }) {
  if (state === 'over')
    return <StatusIndicator type="stopped">{endedAt ? 'Ended early' : 'Over'}</StatusIndicator>
  if (idle)
    return (
      <div>
        <StatusIndicator type="warning">No effect</StatusIndicator>
        <Box variant="small" color="text-body-secondary" display="block">
          {idle}
        </Box>
      </div>
    ) // apart: the kit breaks an indicator's text within words
  return state === 'now' ? (
    <StatusIndicator>Now</StatusIndicator>
  ) : (
    <StatusIndicator type="pending">To come</StatusIndicator>
  )
}
