'use client'

import Box from '@cloudscape-design/components/box'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import { useState } from 'react'
import type { Failure } from '@/lib/result'
import type { Ground, Identity } from '@/lib/settings/linked-identities'
import { Dialog } from '../dialog'
import { linkIdentities, unlinkIdentities } from './actions'

export type LinkGround = Extract<Ground, { by: 'link' }>

export function LinkDialog({
  identities,
  onClose,
}: {
  identities: readonly Identity[]
  onClose(): void
}) {
  const [failure, setFailure] = useState<Failure | null>(null)
  const [aId, setA] = useState('')
  const [bId, setB] = useState('')
  const [reason, setReason] = useState('')
  return (
    <Dialog
      title="Link two identities"
      done={() => 'From now on the two count as one person.'}
      send={() => linkIdentities({ aId, bId, reason })}
      onFailure={setFailure}
      onClose={onClose}
    >
      <IdentityField
        label="One identity"
        value={aId}
        identities={identities}
        error={failure?.fields?.aId?.[0]}
        onChange={setA}
      />
      <IdentityField
        label="The other identity"
        value={bId}
        identities={identities}
        error={failure?.fields?.bId?.[0]}
        onChange={setB}
      />
      <FormField
        label="How you know"
        description="Shown to whoever is refused because of it."
        errorText={failure?.fields?.reason?.[0]}
      >
        <Input
          value={reason}
          onChange={({ detail }) => setReason(detail.value)}
          placeholder="Account from the time as a contractor"
        />
      </FormField>
    </Dialog>
  )
}

type FieldProps = {
  label: string
  value: string
  identities: readonly Identity[]
  error?: string
  onChange(id: string): void
}

function IdentityField({ label, value, identities, error, onChange }: FieldProps) {
  const options = identities.map(({ id, name, email, issuer, disabled }) => ({
    value: id,
    label: name,
    description: `${email} at ${issuer.replace(/^https?:\/\//, '')}${disabled ? ', access off' : ''}`,
    filteringTags: [email],
  }))
  return (
    <FormField label={label} errorText={error}>
      <Select
        placeholder="Choose an identity"
        options={options}
        filteringType="auto"
        filteringPlaceholder="Find by name or e-mail"
        filteringAriaLabel="Find by name or e-mail"
        empty="Nobody matches"
        selectedOption={options.find((option) => option.value === value) ?? null}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </FormField>
  )
}

export function UnlinkDialog({ link, onClose }: { link: LinkGround; onClose(): void }) {
  const [a, b] = link.names
  return (
    <Dialog
      title="Remove the link"
      done={() => 'The link is gone.'}
      send={() => unlinkIdentities({ linkId: link.linkId })}
      onClose={onClose}
    >
      <Box variant="p">
        {a} and {b} count as two people from then on, unless something else ties them: each may
        decide about what the other asks for. It is in the audit log.
      </Box>
    </Dialog>
  )
}
