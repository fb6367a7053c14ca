'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import { useState } from 'react'
import { BoxTable } from '@/components/table/box-table'
import { eventWords } from '@/lib/notify/events'
import type { WebhookRow } from '@/lib/settings/notifications'
import { WebhookForm } from './webhook-form'
import { RemoveWebhook, RenewSecret } from './webhook-dialogs'
import { kindTexts } from './webhook-kinds'
import { useTest } from './use-test'

type Act = { kind: 'add' } | { kind: 'change' | 'renew' | 'remove'; webhook: WebhookRow }
type Props = {
  webhooks: readonly WebhookRow[]
  allowedHosts: readonly string[]
  mayManage: boolean
}

function Kind({ webhook: { kind, sendsOldSignature } }: { webhook: WebhookRow }) {
  const more =
    sendsOldSignature === null
      ? 'Its secret cannot be read: it was stored under another secret of this installation.'
      : 'Also sends the old signature until you renew its secret.'
  return (
    <>
      {kindTexts[kind]}
      {sendsOldSignature !== false && (
        <Box variant="small" color="text-body-secondary" display="block">
          {more}
        </Box>
      )}
    </>
  )
}

const columns: TableProps.ColumnDefinition<WebhookRow>[] = [
  { id: 'name', header: 'Name', isRowHeader: true, minWidth: 140, cell: (h) => h.name },
  { id: 'kind', header: 'Kind', minWidth: 150, cell: (h) => <Kind webhook={h} /> },
  { id: 'origin', header: 'Host', minWidth: 200, cell: (h) => h.origin },
  {
    id: 'events',
    header: 'Events',
    minWidth: 260,
    cell: (h) =>
      h.events.length === 0 ? 'none' : h.events.map((event) => eventWords[event]).join('; '),
  },
]

const exemptText = (allowedHosts: readonly string[]) =>
  allowedHosts.length > 0
    ? ` Private addresses only as the operator allows: ${allowedHosts.join(', ')}.`
    : ' Private addresses are refused; the operator can allow hosts with CLAVIGER_WEBHOOK_ALLOW.'

export function WebhooksTable({ webhooks, allowedHosts, mayManage }: Props) {
  const [act, setAct] = useState<Act | null>(null)
  const testing = useTest()
  const close = () => setAct(null)
  const exempt = exemptText(allowedHosts)
  return (
    <>
      <BoxTable
        variant="container"
        trackBy="name"
        items={webhooks}
        header={
          <Header
            variant="h2"
            counter={`(${webhooks.length})`}
            description={`Messages to other systems, tried again for about a day when they do not arrive.${exempt}`}
            actions={
              mayManage && (
                <Button iconName="add-plus" onClick={() => setAct({ kind: 'add' })}>
                  Add a webhook
                </Button>
              )
            }
          >
            Webhooks
          </Header>
        }
        empty={
          <Box textAlign="center" color="inherit">
            No webhook yet: nothing is sent to other systems.
          </Box>
        }
        columnDefinitions={[...columns, ...(mayManage ? [actsColumn(testing, setAct)] : [])]}
      />
      {act?.kind === 'add' && <WebhookForm webhook={null} onClose={close} />}
      {act?.kind === 'change' && <WebhookForm webhook={act.webhook} onClose={close} />}
      {act?.kind === 'renew' && <RenewSecret webhook={act.webhook} onClose={close} />}
      {act?.kind === 'remove' && <RemoveWebhook name={act.webhook.name} onClose={close} />}
    </>
  )
}

const actsColumn = (testing: ReturnType<typeof useTest>, onChoose: (act: Act) => void) => ({
  id: 'acts',
  header: 'Actions',
  minWidth: 190,
  cell: (webhook: WebhookRow) => <Acts webhook={webhook} testing={testing} onChoose={onChoose} />,
})

type ActsProps = {
  webhook: WebhookRow
  testing: ReturnType<typeof useTest>
  onChoose(act: Act): void
}

function Acts({ webhook, testing: { test, isTesting, isBusy }, onChoose }: ActsProps) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        ariaLabel={`Send a test to ${webhook.name}`}
        disabled={isBusy}
        loading={isTesting(webhook.name)}
        onClick={() => test(webhook.name)}
      >
        Test
      </Button>
      <ButtonDropdown
        variant="icon"
        expandToViewport
        ariaLabel={`Actions for ${webhook.name}`}
        items={[
          { id: 'change', text: 'Change' },
          ...(webhook.kind === 'webhook' ? [{ id: 'renew', text: 'Renew secret' }] : []),
          { id: 'remove', text: 'Remove' },
        ]}
        onItemClick={({ detail: { id } }) => {
          if (id === 'change' || id === 'renew' || id === 'remove') onChoose({ kind: id, webhook })
        }}
      />
    </SpaceBetween>
  )
}
