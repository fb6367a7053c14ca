'use client'

import Box from '@cloudscape-design/components/box'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { DialogButtons } from '@/components/shell/dialog-buttons'
import { useFlash } from '@/components/shell/flash'
import { roleNames } from '@/lib/auth/role-names'
import type { Failure, Result } from '@/lib/result'
import type { AccountName, AssignmentRow, PersonRow } from '@/lib/settings/read'
import { changeAccess, endPersonSessions, giveRole, takeRole } from './actions'
import { noRole, RoleFields, type Chosen } from './role-fields'
import { askForRole, isAskedFor, WhyRole } from './role-request'
import { scopeText } from './role-tokens'

export type PersonAct =
  | { kind: 'give' | 'end' | 'enable' | 'disable'; person: PersonRow }
  | { kind: 'take'; person: PersonRow; assignment: AssignmentRow }

const titles: Record<PersonAct['kind'], string> = {
  give: 'Give a role',
  take: 'Take a role',
  end: 'End all sessions',
  enable: 'Turn access on',
  disable: 'Turn access off',
}
const doneTexts: Record<PersonAct['kind'], (name: string) => string> = {
  give: (name) => `${name} has the role from now on.`,
  take: (name) => `${name} no longer has the role.`,
  end: (name) => `Every session of ${name} has ended.`,
  enable: (name) => `${name} may sign in again.`,
  disable: (name) => `${name} has no access any more.`,
}

async function send(act: PersonAct, { role, accountId }: Chosen): Promise<Result<void>> {
  const personId = act.person.id
  if (act.kind === 'take') return takeRole({ assignmentId: act.assignment.id })
  if (act.kind === 'end') return endPersonSessions({ personId })
  if (act.kind === 'give')
    return role ? giveRole({ personId, role, accountId }) : { ok: false, error: noRole }
  return changeAccess({ personId, disabled: act.kind === 'disable' })
}

type Props = {
  act: PersonAct
  accounts: AccountName[]
  byRequest: boolean
  onClose(): void
}

/** What the dialog asks, and how its answer is sent: at once, or as a request. */
function usePersonAct({ act, byRequest, onClose }: Omit<Props, 'accounts'>) {
  const router = useRouter()
  const flash = useFlash()
  const [isSending, startSending] = useTransition()
  const [failure, setFailure] = useState<Failure | null>(null)
  const [chosen, setChosen] = useState<Chosen>({ role: null, accountId: null })
  const [justification, setJustification] = useState('')
  const asks = act.kind === 'give' && isAskedFor(chosen, byRequest)
  const ask = () =>
    startSending(async () => {
      const result = await askForRole({ to: { personId: act.person.id }, chosen, justification })
      if (result.ok) router.push(`/requests/${result.data.id}`)
      else setFailure(result.error)
    })
  const confirm = () =>
    startSending(async () => {
      const result = await send(act, chosen)
      if (!result.ok) return setFailure(result.error)
      flash.success(doneTexts[act.kind](act.person.name))
      onClose()
      router.refresh()
    })
  return {
    asks,
    send: asks ? ask : confirm,
    isSending,
    failure,
    chosen,
    setChosen,
    justification,
    setJustification,
  }
}

/** One question before anything about a person changes. */
export function PersonDialog({ accounts, ...props }: Props) {
  const { act, onClose } = props
  const { asks, failure, ...answer } = usePersonAct(props)
  return (
    <Modal
      visible
      header={`${titles[act.kind]}: ${act.person.name}`}
      onDismiss={onClose}
      footer={
        <DialogButtons
          label={asks ? 'Request this role' : titles[act.kind]}
          isBusy={answer.isSending}
          onConfirm={answer.send}
          onBack={onClose}
        />
      }
    >
      <SpaceBetween size="m">
        {act.kind === 'give' ? (
          <RoleFields
            chosen={answer.chosen}
            accounts={accounts}
            fields={failure?.fields}
            onChange={answer.setChosen}
          />
        ) : (
          <Box variant="p">{meaningOf(act, accounts)}</Box>
        )}
        {asks && (
          <WhyRole
            value={answer.justification}
            error={failure?.fields?.justification?.[0]}
            onChange={answer.setJustification}
          />
        )}
        {failure && (
          <Box color="text-status-error" variant="p">
            <span role="alert">{failure.message}</span>
          </Box>
        )}
      </SpaceBetween>
    </Modal>
  )
}

function meaningOf(act: PersonAct, accounts: readonly AccountName[]): string {
  const { name, email } = act.person
  if (act.kind === 'take')
    return (
      `${name} (${email}) loses the role ${roleNames[act.assignment.role]} in ` +
      `${scopeText(act.assignment.accountId, accounts)} with the next click.`
    )
  if (act.kind === 'end')
    return `${name} (${email}) is signed out everywhere with the next click, and may sign in again.`
  if (act.kind === 'enable')
    return `${name} (${email}) may sign in again, with the roles shown here and those of the groups.`
  return (
    `${name} (${email}) is signed out everywhere with the next click and cannot sign in. ` +
    'Roles are kept for the day access is turned on again. What they asked for and has not ' +
    'begun is cancelled, and their approvals of what still waits for others count no more; ' +
    'what is done stays, and ends when it was to end.'
  )
}
