'use client'

import { BoxTable } from '@/components/table/box-table'
import { Pages } from '@/components/table/pages'
import { formatParams } from '@/components/shell/use-address'
import Box from '@cloudscape-design/components/box'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { OneAdministrator } from '@/components/settings/one-administrator'
import { Moment } from '@/components/value/moment'
import type { FourEyes } from '@/lib/settings/four-eyes'
import type { AccountName, PersonRow } from '@/lib/settings/read'
import { PersonDialog, type PersonAct } from './person-dialog'
import { RoleTokens } from './role-tokens'
import { SettingsFrame } from './settings-frame'

type Props = {
  people: PersonRow[]
  total: number
  pages: number
  page: number
  text: string
  accounts: AccountName[]
  mayManage: boolean
  ownId: string
  fourEyes: FourEyes | null
}

const addressOf = (text: string, page: number) =>
  `/settings?${formatParams({ q: text, page: page > 1 ? page : '' })}`

type Column = TableProps.ColumnDefinition<PersonRow>
type OnChoose = (act: PersonAct) => void

/**
 * With more than one identity provider, one address may be two people: the
 * provider is part of who it is.
 */
const nameColumn = (people: readonly PersonRow[], ownId: string): Column => {
  const showsIssuer = new Set(people.map(({ issuer }) => issuer)).size > 1
  return {
    id: 'person',
    header: 'Person',
    isRowHeader: true,
    minWidth: 200,
    cell: (p) => <Name person={p} isSelf={p.id === ownId} showsIssuer={showsIssuer} />,
  }
}

const rolesColumn = (accounts: AccountName[], onChoose?: OnChoose): Column => ({
  id: 'roles',
  header: 'Roles',
  minWidth: 240,
  cell: (p) => (
    <RoleTokens
      assignments={p.assignments}
      accounts={accounts}
      onTake={onChoose && ((assignment) => onChoose({ kind: 'take', person: p, assignment }))}
    />
  ),
})

const columns: Column[] = [
  {
    id: 'groups',
    header: 'Groups',
    minWidth: 160,
    cell: (p) => p.groups.join(', ') || 'none',
  },
  {
    id: 'seen',
    header: 'Last sign-in',
    minWidth: 140,
    cell: (p) => <Moment at={p.lastSignInAt} missing="never" />,
  },
  {
    id: 'access',
    header: 'Access',
    minWidth: 100,
    cell: (p) =>
      p.disabledAt ? (
        <StatusIndicator type="stopped">Off</StatusIndicator>
      ) : (
        <StatusIndicator>On</StatusIndicator>
      ),
  },
]

const actsColumn = (ownId: string, onChoose: OnChoose): Column => ({
  id: 'acts',
  header: 'Actions',
  minWidth: 90,
  cell: (p) => <Acts person={p} isSelf={p.id === ownId} onChoose={onChoose} />,
})

export function PeopleView(props: Props) {
  const { people, total, accounts, mayManage, ownId, fourEyes } = props
  const router = useRouter()
  const [act, setAct] = useState<PersonAct | null>(null)
  return (
    <SettingsFrame tab="people">
      <SpaceBetween size="m">
        <OneAdministrator fourEyes={fourEyes} />
        <BoxTable
          variant="container"
          trackBy="id"
          items={people}
          header={
            <Header
              variant="h2"
              counter={`(${total})`}
              description={
                'Roles come from groups at sign-in, or by hand here. What is taken here is ' +
                "gone with the person's next click."
              }
            >
              People
            </Header>
          }
          filter={<PeopleFilter text={props.text} />}
          pagination={
            props.pages > 1 && (
              <Pages
                page={props.page}
                pages={props.pages}
                of="people"
                onChange={(page) => router.push(addressOf(props.text, page))}
              />
            )
          }
          empty={
            <Box textAlign="center" color="inherit">
              {props.text ? 'Nobody here matches.' : 'Nobody has signed in yet.'}
            </Box>
          }
          columnDefinitions={[
            nameColumn(people, ownId),
            rolesColumn(accounts, mayManage ? setAct : undefined),
            ...columns,
            ...(mayManage ? [actsColumn(ownId, setAct)] : []),
          ]}
        />
      </SpaceBetween>
      {act && (
        <PersonDialog
          act={act}
          accounts={accounts}
          byRequest={fourEyes?.byRequest ?? true}
          onClose={() => setAct(null)}
        />
      )}
    </SettingsFrame>
  )
}

function PeopleFilter({ text }: { text: string }) {
  const router = useRouter()
  const [typed, setTyped] = useState(text)
  return (
    <TextFilter
      filteringText={typed}
      filteringPlaceholder="Find by name, e-mail or group"
      filteringAriaLabel="Find people"
      onChange={({ detail }) => setTyped(detail.filteringText)}
      onDelayedChange={({ detail }) => router.push(addressOf(detail.filteringText.trim(), 1))}
    />
  )
}

function Name({
  person,
  isSelf,
  showsIssuer,
}: {
  person: PersonRow
  isSelf: boolean
  showsIssuer: boolean
}) {
  return (
    <div>
      <div>
        <strong>
          {person.name}
          {isSelf && ' (you)'}
        </strong>
      </div>
      <Box variant="small" color="text-body-secondary">
        {person.email}
        {showsIssuer && ` at ${person.issuer.replace(/^https?:\/\//, '')}`}
      </Box>
    </div>
  )
}

function Acts({
  person,
  isSelf,
  onChoose,
}: {
  person: PersonRow
  isSelf: boolean
  onChoose(act: PersonAct): void
}) {
  return (
    <ButtonDropdown
      variant="icon"
      expandToViewport
      ariaLabel={`Actions for ${person.name}`}
      items={[
        { id: 'give', text: 'Give a role' },
        { id: 'sessions', text: 'Sessions', href: `/settings/sessions?person=${person.id}` },
        { id: 'end', text: 'End all sessions' },
        person.disabledAt
          ? { id: 'enable', text: 'Turn access on' }
          : {
              id: 'disable',
              text: 'Turn access off',
              disabled: isSelf,
              disabledReason: 'Another administrator has to do that.',
            },
      ]}
      onItemClick={({ detail: { id } }) => {
        if (id === 'give' || id === 'end' || id === 'enable' || id === 'disable')
          onChoose({ kind: id, person })
      }}
    />
  )
}
