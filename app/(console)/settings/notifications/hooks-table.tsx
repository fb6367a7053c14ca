'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useState } from 'react'
import { eventWords } from '@/lib/notify/events'
import type { HookRow } from '@/lib/settings/notifications'
import { HookForm } from './hook-form'
import { RemoveHook, RenewSecret } from './hook-dialogs'
import { kindTexts } from './hook-kinds'
import { useTest } from './use-test'

type Act = { kind: 'add' } | { kind: 'change' | 'renew' | 'remove'; hook: HookRow }
type Props = { hooks: readonly HookRow[]; allowedHosts: readonly string[]; mayManage: boolean }

export function HooksTable({ hooks, allowedHosts, mayManage }: Props) {
  const [act, setAct] = useState<Act | null>(null)
  const { test, isTesting, isBusy } = useTest()
  const close = () => setAct(null)
  const exempt =
    allowedHosts.length > 0
      ? ` Private addresses only as the operator allows: ${allowedHosts.join(', ')}.`
      : ' Private addresses are refused; the operator can allow hosts with CLAVIGER_WEBHOOK_ALLOW.'
  return (
    <>
      <Table
        variant="container"
        trackBy="name"
        wrapLines
        items={hooks}
        header={
          <Header
            variant="h2"
            counter={`(${hooks.length})`}
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
        columnDefinitions={[
          { id: 'name', header: 'Name', isRowHeader: true, minWidth: 140, cell: (h) => h.name },
          { id: 'kind', header: 'Kind', minWidth: 150, cell: (h) => kindTexts[h.kind] },
          { id: 'origin', header: 'Host', minWidth: 200, cell: (h) => h.origin },
          {
            id: 'events',
            header: 'Events',
            minWidth: 260,
            cell: (h) =>
              h.events.length === 0
                ? 'none'
                : h.events.map((event) => eventWords[event]).join('; '),
          },
          ...(mayManage
            ? [
                {
                  id: 'acts',
                  header: 'Actions',
                  minWidth: 190,
                  cell: (hook: HookRow) => (
                    <SpaceBetween direction="horizontal" size="xs">
                      <Button
                        ariaLabel={`Send a test to ${hook.name}`}
                        disabled={isBusy}
                        loading={isTesting(hook.name)}
                        onClick={() => test(hook.name)}
                      >
                        Test
                      </Button>
                      <ButtonDropdown
                        variant="icon"
                        expandToViewport
                        ariaLabel={`Actions for ${hook.name}`}
                        items={[
                          { id: 'change', text: 'Change' },
                          ...(hook.kind === 'webhook' ? [{ id: 'renew', text: 'New secret' }] : []),
                          { id: 'remove', text: 'Remove' },
                        ]}
                        onItemClick={({ detail: { id } }) => {
                          if (id === 'change' || id === 'renew' || id === 'remove')
                            setAct({ kind: id, hook })
                        }}
                      />
                    </SpaceBetween>
                  ),
                },
              ]
            : []),
        ]}
      />
      {act?.kind === 'add' && <HookForm hook={null} onClose={close} />}
      {act?.kind === 'change' && <HookForm hook={act.hook} onClose={close} />}
      {act?.kind === 'renew' && <RenewSecret name={act.hook.name} onClose={close} />}
      {act?.kind === 'remove' && <RemoveHook name={act.hook.name} onClose={close} />}
    </>
  )
}
