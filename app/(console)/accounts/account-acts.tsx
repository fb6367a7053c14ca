'use client'

import Box from '@cloudscape-design/components/box'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState, useTransition } from 'react'
import { DialogButtons } from '@/components/shell/dialog-buttons'
import { useFlash } from '@/components/shell/flash'
import type { Failure, Result } from '@/lib/result'
import type { Account } from './account'
import {
  pauseAccount,
  removeAccount,
  resumeAccount,
  retractNoOrganization,
  testAccount,
} from './actions'
import { useRefresh } from './use-refresh'

type Props = { account: Account; mayManage: boolean; mayRefresh: boolean; onChanged: () => void }

function actsOf({ account, mayManage, mayRefresh }: Omit<Props, 'onChanged'>) {
  if (account.removedAt !== null) return []
  const refresh = mayRefresh && !account.pausedAt ? [{ id: 'refresh', text: 'Refresh now' }] : []
  if (!mayManage) return refresh
  return [
    ...refresh,
    { id: 'test', text: 'Test the connection' },
    account.pausedAt ? { id: 'resume', text: 'Resume' } : { id: 'pause', text: 'Pause' },
    ...(account.noOrganizationStatedAt
      ? [{ id: 'retract', text: 'Withdraw: no organization' }]
      : []),
    { id: 'remove', text: 'Remove' },
  ]
}

export function AccountActs({ onChanged, ...may }: Props) {
  const { account } = may
  const flash = useFlash()
  const [isSending, start] = useTransition()
  const [isRemoving, setRemoving] = useState(false)
  const { isAsking, ask } = useRefresh(onChanged)
  const send = (act: (input: { id: string }) => Promise<Result<unknown>>, done: string) =>
    start(async () => {
      const result = await act({ id: account.id })
      if (result.ok) flash.success(done)
      else flash.failure(result.error)
      onChanged()
    })
  const items = actsOf(may)
  if (items.length === 0) return <>—</>
  return (
    <>
      <ButtonDropdown
        variant="icon"
        expandToViewport
        ariaLabel={`Actions for ${account.name}`}
        items={items}
        loading={isSending || isAsking}
        onItemClick={({ detail: { id } }) => {
          if (id === 'refresh') ask(account.id)
          if (id === 'test')
            send(testAccount, `${account.name} was asked; the answer stands in its row.`)
          if (id === 'pause')
            send(pauseAccount, `${account.name} is paused; its data is no longer updated.`)
          if (id === 'resume') send(resumeAccount, `${account.name} is synced again.`)
          if (id === 'retract') {
            send(retractNoOrganization, `Whether ${account.name} is in an organization is unknown.`)
          }
          if (id === 'remove') setRemoving(true)
        }}
      />
      {isRemoving && (
        <RemoveAccount
          account={account}
          onClose={() => {
            setRemoving(false)
            onChanged()
          }}
        />
      )}
    </>
  )
}

/** Typed confirmation: what hangs on the account goes out of sight for everyone. */
function RemoveAccount({ account, onClose }: { account: Account; onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isSending, start] = useTransition()
  const flash = useFlash()
  const remove = () =>
    start(async () => {
      const result = await removeAccount({ id: account.id })
      if (!result.ok) return setFailure(result.error)
      flash.success(`${account.name} is removed. Nothing was changed in AWS.`)
      onClose()
    })
  return (
    <Modal
      visible
      onDismiss={onClose}
      header={`Remove ${account.name}`}
      closeAriaLabel="Close"
      footer={
        <DialogButtons
          label="Remove"
          isBusy={isSending}
          isDisabled={typed !== account.id}
          onConfirm={remove}
          onBack={onClose}
        />
      }
    >
      <SpaceBetween size="m">
        <Box>
          Claviger stops reading this account and no longer shows its{' '}
          {account.keys.toLocaleString('en')} keys. Nothing changes in AWS. If the account belongs
          to the organization, it stays removed until it is added again.
        </Box>
        <FormField label={`Type ${account.id} to confirm`} errorText={failure?.message}>
          <Input
            value={typed}
            onChange={({ detail }) => setTyped(detail.value)}
            ariaLabel="Account id"
          />
        </FormField>
      </SpaceBetween>
    </Modal>
  )
}
