'use client'

import Autosuggest, { type AutosuggestProps } from '@cloudscape-design/components/autosuggest'
import FormField from '@cloudscape-design/components/form-field'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { readJson } from '@/components/shell/read-json'
import { servicePrincipals } from '@/lib/access/actions'
import type { Suggestion } from '@/lib/access/suggest'

type Props = {
  value: string
  onChange: (value: string) => void
  onPick?: (value: string) => void
  description?: string
}

/** A principal, picked from the users and roles of connected accounts, or typed. */
export function PrincipalField({ value, onChange, onPick, description }: Props) {
  const {
    data = [],
    isFetching,
    error,
  } = useQuery({
    queryKey: ['principals', value],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      readJson<Suggestion[]>(
        `/api/access/principals?${new URLSearchParams({ q: value.slice(0, 300) })}`,
        signal,
      ),
  })
  const services = servicePrincipals.filter((name) => name.includes(value.toLowerCase()))
  const options: AutosuggestProps.Options = [
    {
      label: 'Users and roles',
      options: data.map(({ id, name, kind, accountId }) => ({
        value: id,
        label: id,
        description: `${kind} ${name} of ${accountId}`,
      })),
    },
    { label: 'AWS services', options: services.map((name) => ({ value: name })) },
    { label: 'Others', options: [{ value: '*', description: 'Anyone, without signing in' }] },
  ]
  return (
    <FormField label="Principal" description={description} stretch>
      <Autosuggest
        value={value}
        options={options}
        filteringType="manual"
        onChange={({ detail }) => onChange(detail.value)}
        onSelect={({ detail }) => onPick?.(detail.value)}
        placeholder="ARN of a user, role, session or account root; a service; or *"
        enteredTextLabel={(text) => `Use "${text}"`}
        statusType={error ? 'error' : isFetching ? 'loading' : 'finished'}
        errorText={error?.message}
        loadingText="Looking"
        empty="Nobody by this name in the accounts you may see"
      />
    </FormField>
  )
}
