'use client'

import Box from '@cloudscape-design/components/box'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { roleNames } from '@/lib/auth/role-names'
import type { Failure, Result } from '@/lib/result'
import type { AccountName, MappingRow } from '@/lib/settings/read'
import { addMapping, removeMapping } from '../actions'
import { Dialog } from '../dialog'
import { noRole, RoleFields, type Chosen } from '../role-fields'
import { askForRole, isAskedFor, WhyRole } from '../role-request'
import { scopeText } from '../role-tokens'

type AddProps = { accounts: AccountName[]; byRequest: boolean; onClose(): void }

export function AddMapping({ accounts, byRequest, onClose }: AddProps) {
  const router = useRouter()
  const [failure, setFailure] = useState<Failure | null>(null)
  const [group, setGroup] = useState('')
  const [chosen, setChosen] = useState<Chosen>({ role: null, accountId: null })
  const [justification, setJustification] = useState('')
  const asks = isAskedFor(chosen, byRequest)
  const add = async (): Promise<Result<{ id: string } | null>> => {
    if (asks) return askForRole({ to: { group }, chosen, justification })
    if (!chosen.role) return { ok: false, error: noRole }
    const added = await addMapping({ group, role: chosen.role, accountId: chosen.accountId })
    return added.ok ? { ok: true, data: null } : added
  }
  return (
    <Dialog
      title={asks ? 'Request this mapping' : 'Add a mapping'}
      done={(asked) =>
        asked
          ? 'The request is a draft: send it.'
          : `From their next sign-in, people in ${group} have the role.`
      }
      send={add}
      onFailure={setFailure}
      onDone={(asked) => (asked ? router.push(`/requests/${asked.id}`) : onClose())}
      onClose={onClose}
    >
      <FormField
        label="Group"
        description="As the identity provider spells it in its groups claim."
        errorText={groupError(failure)}
      >
        <Input value={group} onChange={({ detail }) => setGroup(detail.value)} />
      </FormField>
      <RoleFields
        chosen={chosen}
        accounts={accounts}
        fields={failure?.fields}
        onChange={setChosen}
      />
      {asks && (
        <WhyRole
          value={justification}
          error={failure?.fields?.justification?.[0]}
          onChange={setJustification}
        />
      )}
    </Dialog>
  )
}

const groupError = (failure: Failure | null) =>
  failure?.fields?.group?.[0] ?? failure?.fields?.to?.[0] ?? failure?.fields?.['to.group']?.[0]

export function RemoveMapping({
  mapping,
  accounts,
  onClose,
}: {
  mapping: MappingRow
  accounts: AccountName[]
  onClose(): void
}) {
  const lost = mapping.people === 1 ? '1 person loses' : `${mapping.people} people lose`
  return (
    <Dialog
      title="Remove the mapping"
      done={({ people }) =>
        `The mapping is gone. It took the role from ${people} ${people === 1 ? 'person' : 'people'}.`
      }
      send={() => removeMapping({ mappingId: mapping.id })}
      onClose={onClose}
    >
      <Box variant="p">
        {lost} the role {roleNames[mapping.role]} in {scopeText(mapping.accountId, accounts)} at
        once, unless another group or a hand gives it too. Members of {mapping.group} no longer get
        it at sign-in.
      </Box>
    </Dialog>
  )
}
