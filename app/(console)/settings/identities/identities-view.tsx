'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useState } from 'react'
import { BoxTable } from '@/components/table/box-table'
import { Moment } from '@/components/value/moment'
import type { Ground, Identity, LinkedIdentities } from '@/lib/settings/linked-identities'
import { SettingsFrame } from '../settings-frame'
import { LinkDialog, UnlinkDialog, type LinkGround } from './link-dialogs'

type Props = { same: LinkedIdentities[]; identities: Identity[]; mayManage: boolean }

const description =
  'Identities with the same verified e-mail, with the same person claim of the identity ' +
  'provider, or linked here, count as one person, over any chain of these. ' +
  'It only ever refuses: nobody decides about what they asked for under another name, and ' +
  'two approvals of one person are one. It never lets anybody sign in as another.'

type OnRemove = (link: LinkGround) => void

const columns = (onRemove?: OnRemove): TableProps.ColumnDefinition<LinkedIdentities>[] => [
  {
    id: 'identities',
    header: 'Identities',
    isRowHeader: true,
    minWidth: 240,
    cell: (one) => (
      <SpaceBetween size="xs">
        {one.identities.map((identity) => (
          <IdentityName key={identity.id} identity={identity} />
        ))}
      </SpaceBetween>
    ),
  },
  {
    id: 'grounds',
    header: 'Held for one person because',
    minWidth: 320,
    cell: (one) => (
      <SpaceBetween size="xs">
        {one.grounds.map((ground) => (
          <GroundText key={ground.words} ground={ground} onRemove={onRemove} />
        ))}
      </SpaceBetween>
    ),
  },
]

export function IdentitiesView({ same, identities, mayManage }: Props) {
  const [isLinking, setLinking] = useState(false)
  const [unlinking, setUnlinking] = useState<LinkGround | null>(null)
  return (
    <SettingsFrame tab="identities">
      <BoxTable
        variant="container"
        trackBy={({ identities: [first] }) => first?.id ?? ''}
        items={same}
        header={
          <Header
            variant="h2"
            counter={`(${same.length})`}
            description={description}
            actions={
              mayManage && (
                <Button iconName="add-plus" onClick={() => setLinking(true)}>
                  Link two identities
                </Button>
              )
            }
          >
            People under several identities
          </Header>
        }
        empty={
          <Box textAlign="center" color="inherit">
            Everybody here is known under one identity. When you know better, link the two.
          </Box>
        }
        columnDefinitions={columns(mayManage ? setUnlinking : undefined)}
      />
      {isLinking && <LinkDialog identities={identities} onClose={() => setLinking(false)} />}
      {unlinking && <UnlinkDialog link={unlinking} onClose={() => setUnlinking(null)} />}
    </SettingsFrame>
  )
}

function IdentityName({ identity: { name, email, issuer, disabled } }: { identity: Identity }) {
  return (
    <div>
      <strong>{name}</strong>
      {disabled && (
        <>
          {' '}
          <StatusIndicator type="stopped">Access off</StatusIndicator>
        </>
      )}
      <Box variant="small" color="text-body-secondary" display="block">
        {email} at {issuer.replace(/^https?:\/\//, '')}
      </Box>
    </div>
  )
}

function GroundText({ ground, onRemove }: { ground: Ground; onRemove?: OnRemove }) {
  if (ground.by !== 'link') return <div>{ground.words}</div>
  return (
    <div>
      {ground.words} (<Moment at={ground.at} />)
      {onRemove && (
        <>
          {' '}
          <Button
            variant="inline-link"
            ariaLabel={`Remove the link of ${ground.names.join(' and ')}`}
            onClick={() => onRemove(ground)}
          >
            Remove
          </Button>
        </>
      )}
    </div>
  )
}
