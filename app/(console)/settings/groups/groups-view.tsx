'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import type { TableProps } from '@cloudscape-design/components/table'
import { useState } from 'react'
import { BoxTable } from '@/components/table/box-table'
import { roleNames } from '@/lib/auth/role-names'
import type { AccountName, MappingRow } from '@/lib/settings/read'
import { scopeText } from '../role-tokens'
import { SettingsFrame } from '../settings-frame'
import { AddMapping, RemoveMapping } from './mapping-dialogs'

type Props = {
  mappings: MappingRow[]
  accounts: AccountName[]
  mayManage: boolean
  byRequest: boolean
}

const columns = (accounts: AccountName[]): TableProps.ColumnDefinition<MappingRow>[] => [
  { id: 'group', header: 'Group', isRowHeader: true, minWidth: 180, cell: (m) => m.group },
  { id: 'role', header: 'Role', minWidth: 130, cell: (m) => roleNames[m.role] },
  {
    id: 'reach',
    header: 'Reach',
    minWidth: 160,
    cell: (m) => scopeText(m.accountId, accounts),
  },
  {
    id: 'people',
    header: 'People who have it so',
    minWidth: 120,
    cell: (m) => <a href={`/settings?q=${encodeURIComponent(m.group)}`}>{m.people}</a>,
  },
]

/** The column of buttons, for whoever manages people. */
const actsColumn = (onRemove: (mapping: MappingRow) => void) => ({
  id: 'acts',
  header: 'Actions',
  minWidth: 110,
  cell: (m: MappingRow) => (
    <Button
      variant="inline-link"
      ariaLabel={`Remove the mapping of ${m.group} to ${roleNames[m.role]}`}
      onClick={() => onRemove(m)}
    >
      Remove
    </Button>
  ),
})

export function GroupsView({ mappings, accounts, mayManage, byRequest }: Props) {
  const [isAdding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<MappingRow | null>(null)
  return (
    <SettingsFrame tab="groups">
      <BoxTable
        variant="container"
        trackBy="id"
        items={mappings}
        header={
          <Header
            variant="h2"
            counter={`(${mappings.length})`}
            description={
              'Whoever is in a group of the identity provider gets its roles at sign-in, and ' +
              'loses them at the first sign-in without the group.'
            }
            actions={
              mayManage && (
                <Button iconName="add-plus" onClick={() => setAdding(true)}>
                  Add a mapping
                </Button>
              )
            }
          >
            Groups and their roles
          </Header>
        }
        empty={
          <Box textAlign="center" color="inherit">
            No group gives a role yet. Roles by hand work without groups.
          </Box>
        }
        columnDefinitions={[...columns(accounts), ...(mayManage ? [actsColumn(setRemoving)] : [])]}
      />
      {isAdding && (
        <AddMapping accounts={accounts} byRequest={byRequest} onClose={() => setAdding(false)} />
      )}
      {removing && (
        <RemoveMapping mapping={removing} accounts={accounts} onClose={() => setRemoving(null)} />
      )}
    </SettingsFrame>
  )
}
