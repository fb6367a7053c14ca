'use client'

import FormField from '@cloudscape-design/components/form-field'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { roles, type Role } from '@/lib/auth/permissions'
import { roleMeanings, roleNames } from '@/lib/auth/role-names'
import type { Failure } from '@/lib/result'
import type { AccountName } from '@/lib/settings/read'

export type Chosen = { role: Role | null; accountId: string | null }
export const noRole: Failure = {
  code: 'invalid',
  message: 'Check the highlighted fields.',
  fields: { role: ['Choose a role.'] },
}
type Props = {
  chosen: Chosen
  accounts: readonly AccountName[]
  fields?: Record<string, string[]>
  onChange(chosen: Chosen): void
}

const everywhere = { value: '', label: 'Every account', description: 'Today and those to come' }

/** A role and its reach: the same two fields for a person and for a group. */
export function RoleFields({ chosen, accounts, fields, onChange }: Props) {
  const roleOptions = roles.map((value) => ({
    value,
    label: roleNames[value],
    description: roleMeanings[value],
  }))
  const scopeOptions = [
    everywhere,
    ...accounts.map(({ id, name }) => ({ value: id, label: name, description: id })),
  ]
  return (
    <SpaceBetween size="m">
      <FormField label="Role" errorText={fields?.role?.[0]}>
        <Select
          placeholder="Choose a role"
          options={roleOptions}
          selectedOption={roleOptions.find(({ value }) => value === chosen.role) ?? null}
          onChange={({ detail }) =>
            onChange({
              ...chosen,
              role: roles.find((r) => r === detail.selectedOption.value) ?? null,
            })
          }
        />
      </FormField>
      <FormField label="Reach" errorText={fields?.accountId?.[0]}>
        <Select
          options={scopeOptions}
          filteringType="auto"
          filteringPlaceholder="Find an account"
          filteringAriaLabel="Find an account"
          selectedOption={
            scopeOptions.find(({ value }) => value === (chosen.accountId ?? '')) ?? everywhere
          }
          onChange={({ detail }) =>
            onChange({ ...chosen, accountId: detail.selectedOption.value || null })
          }
        />
      </FormField>
    </SpaceBetween>
  )
}
