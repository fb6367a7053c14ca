'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Checkbox from '@cloudscape-design/components/checkbox'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState, useTransition } from 'react'
import { DialogButtons } from '@/components/shell/dialog-buttons'
import { useFlash } from '@/components/shell/flash'
import { Moment } from '@/components/value/moment'
import type { Failure } from '@/lib/result'
import type { Account } from './account'
import { stateNoOrganization } from './actions'

/** Is it open whether SCPs and RCPs can apply to the account? */
const isOrganizationUnknown = (account: Account): boolean =>
  account.removedAt === null &&
  account.organizationId === null &&
  account.noOrganizationAt === null &&
  account.noOrganizationStatedAt === null

/** The organization of an account, and whose word it is where there is none. */
export function OrganizationOf({ account }: { account: Account }) {
  const { organizationId, noOrganizationAt, noOrganizationStatedAt, noOrganizationStatedBy } =
    account
  if (organizationId) return <>{organizationId}</>
  if (noOrganizationAt) {
    return (
      <>
        None{' '}
        <Note>
          AWS, <Moment at={noOrganizationAt} />
        </Note>
      </>
    )
  }
  if (noOrganizationStatedAt) {
    const who = noOrganizationStatedBy ?? 'a person'
    return (
      <>
        None{' '}
        <Note>
          stated by {who}, <Moment at={noOrganizationStatedAt} />
        </Note>
      </>
    )
  }
  return <>Unknown</>
}

const Note = ({ children }: { children: React.ReactNode }) => (
  <Box color="text-body-secondary" fontSize="body-s">
    {children}
  </Box>
)

type Props = { accounts: readonly Account[]; mayManage: boolean; onChanged: () => void }

/** Says that access stays unknown in some accounts, and offers what settles it. */
export function UnknownOrganization({ accounts, mayManage, onChanged }: Props) {
  const [isOpen, setOpen] = useState(false)
  // An account that was not read yet is asked with its first sync.
  const unknown = accounts.filter((account) => isOrganizationUnknown(account) && account.isIamRead)
  if (unknown.length === 0) return null
  const which = unknown.length === 1 ? `account ${unknown[0]?.name}` : `${unknown.length} accounts`
  const offer = <Button onClick={() => setOpen(true)}>State: no organization</Button>
  return (
    <>
      <Alert
        type="warning"
        header={`Organization of ${which} unknown`}
        action={mayManage ? offer : undefined}
      >
        An SCP or RCP of an organization might deny access there, so no access is certain. Allow
        organizations:DescribeOrganization to the read role
        {mayManage ? ', or state that there is no organization.' : '.'}
      </Alert>
      {isOpen && (
        <StateNoOrganization
          accounts={unknown}
          onClose={() => {
            setOpen(false)
            onChanged()
          }}
        />
      )}
    </>
  )
}

function useStatement(onClose: () => void) {
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isSending, start] = useTransition()
  const flash = useFlash()
  const send = (ids: readonly string[]) =>
    start(async () => {
      const result = await stateNoOrganization({ ids: [...ids] })
      if (!result.ok) return setFailure(result.error)
      flash.success('Stated. Access in these accounts is evaluated without SCPs and RCPs.')
      onClose()
    })
  return { failure, isSending, send }
}

function StateNoOrganization({
  accounts,
  onClose,
}: {
  accounts: readonly Account[]
  onClose: () => void
}) {
  const [chosen, setChosen] = useState<readonly string[]>([])
  const { failure, isSending, send } = useStatement(onClose)
  return (
    <Modal
      visible
      onDismiss={onClose}
      header="These accounts have no organization"
      closeAriaLabel="Close"
      footer={
        <DialogButtons
          label="State"
          isBusy={isSending}
          isDisabled={chosen.length === 0}
          onConfirm={() => send(chosen)}
          onBack={onClose}
        />
      }
    >
      <SpaceBetween size="m">
        <Box>
          Access is then evaluated without SCPs and RCPs. The statement is audited, can be
          withdrawn, and ends when an account is found in an organization.
        </Box>
        {failure && <Box color="text-status-error">{failure.message}</Box>}
        {accounts.map(({ id, name }) => (
          <Checkbox
            key={id}
            checked={chosen.includes(id)}
            description={id}
            onChange={({ detail: { checked } }) =>
              setChosen(checked ? [...chosen, id] : chosen.filter((one) => one !== id))
            }
          >
            {name}
          </Checkbox>
        ))}
      </SpaceBetween>
    </Modal>
  )
}
