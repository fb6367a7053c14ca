'use client'

import Box from '@cloudscape-design/components/box'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { useState } from 'react'
import { roleNames } from '@/lib/auth/role-names'
import type { Failure, Result } from '@/lib/result'
import type { AccountName, MappingRow } from '@/lib/settings/read'
import { addMapping, removeMapping } from '../actions'
import { Dialog } from '../dialog'
import { noRole, RoleFields, type Chosen } from '../role-fields'
import { scopeText } from '../role-tokens'

export function AddMapping({ accounts, onClose }: { accounts: AccountName[]; onClose(): void }) {
  const [failure, setFailure] = useState<Failure | null>(null)
  const [group, setGroup] = useState('')
  const [chosen, setChosen] = useState<Chosen>({ role: null, accountId: null })
  const send = async (): Promise<Result<void>> => (chosen.role ? addMapping({ group, role: chosen.role, accountId: chosen.accountId }) : { ok: false, error: noRole })
  return (
    <Dialog title="Add a mapping" done={() => `From their next sign-in, people in ${group} have the role.`} send={send} onFailure={setFailure} onClose={onClose}>
      <FormField label="Group" description="As the identity provider spells it in its groups claim." errorText={failure?.fields?.group?.[0]}>
        <Input value={group} onChange={({ detail }) => setGroup(detail.value)} />
      </FormField>
      <RoleFields chosen={chosen} accounts={accounts} fields={failure?.fields} onChange={setChosen} />
    </Dialog>
  )
}

export function RemoveMapping({ mapping, accounts, onClose }: { mapping: MappingRow; accounts: AccountName[]; onClose(): void }) {
  const lost = mapping.people === 1 ? '1 person loses' : `${mapping.people} people lose`
  return (
    <Dialog
      title="Remove the mapping" done={({ people }) => `The mapping is gone. It took the role from ${people} ${people === 1 ? 'person' : 'people'}.`}
      send={() => removeMapping({ mappingId: mapping.id })} onClose={onClose}
    >
      <Box variant="p">{lost} the role {roleNames[mapping.role]} in {scopeText(mapping.accountId, accounts)} at once, unless another group or a hand gives it too. Members of {mapping.group} no longer get it at sign-in.</Box>
    </Dialog>
  )
}
