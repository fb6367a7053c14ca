'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from 'next/navigation'
import { useState, useTransition, type ReactNode } from 'react'
import { useFlash } from '@/components/shell/flash'
import { roleNames } from '@/lib/auth/role-names'
import type { Failure, Result } from '@/lib/result'
import type { AccountName, MappingRow } from '@/lib/settings/read'
import { addMapping, removeMapping } from '../actions'
import { noRole, RoleFields, type Chosen } from '../role-fields'
import { scopeText } from '../role-tokens'

type DialogProps<T> = { title: string; done: (data: T) => string; send: () => Promise<Result<T>>; onFailure(failure: Failure | null): void; failure: Failure | null; onClose(): void; children: ReactNode }

function Dialog<T>({ title, done, send, onFailure, failure, onClose, children }: DialogProps<T>) {
  const router = useRouter()
  const flash = useFlash()
  const [isSending, startSending] = useTransition()
  const confirm = () => startSending(async () => {
    const result = await send()
    if (!result.ok) return onFailure(result.error)
    flash.success(done(result.data))
    onClose()
    router.refresh()
  })
  return (
    <Modal
      visible header={title} onDismiss={onClose}
      footer={<Box float="right"><SpaceBetween direction="horizontal" size="xs">
        <Button variant="link" onClick={onClose}>Cancel</Button>
        <Button variant="primary" loading={isSending} onClick={confirm}>{title}</Button>
      </SpaceBetween></Box>}
    >
      <SpaceBetween size="m">
        {children}
        {failure && <Box color="text-status-error" variant="p"><span role="alert">{failure.message}</span></Box>}
      </SpaceBetween>
    </Modal>
  )
}

export function AddMapping({ accounts, onClose }: { accounts: AccountName[]; onClose(): void }) {
  const [failure, setFailure] = useState<Failure | null>(null)
  const [group, setGroup] = useState('')
  const [chosen, setChosen] = useState<Chosen>({ role: null, accountId: null })
  const send = async (): Promise<Result<void>> => (chosen.role ? addMapping({ group, role: chosen.role, accountId: chosen.accountId }) : { ok: false, error: noRole })
  return (
    <Dialog title="Add a mapping" done={() => `From their next sign-in, people in ${group} have the role.`} send={send} failure={failure} onFailure={setFailure} onClose={onClose}>
      <FormField label="Group" description="As the identity provider spells it in its groups claim." errorText={failure?.fields?.group?.[0]}>
        <Input value={group} onChange={({ detail }) => setGroup(detail.value)} />
      </FormField>
      <RoleFields chosen={chosen} accounts={accounts} fields={failure?.fields} onChange={setChosen} />
    </Dialog>
  )
}

export function RemoveMapping({ mapping, accounts, onClose }: { mapping: MappingRow; accounts: AccountName[]; onClose(): void }) {
  const [failure, setFailure] = useState<Failure | null>(null)
  const lost = mapping.people === 1 ? '1 person loses' : `${mapping.people} people lose`
  return (
    <Dialog
      title="Remove the mapping" done={({ people }) => `The mapping is gone. It took the role from ${people} ${people === 1 ? 'person' : 'people'}.`}
      send={() => removeMapping({ mappingId: mapping.id })} failure={failure} onFailure={setFailure} onClose={onClose}
    >
      <Box variant="p">{lost} the role {roleNames[mapping.role]} in {scopeText(mapping.accountId, accounts)} at once, unless another group or a hand gives it too. Members of {mapping.group} no longer get it at sign-in.</Box>
    </Dialog>
  )
}
