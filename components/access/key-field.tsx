'use client'

import Autosuggest from '@cloudscape-design/components/autosuggest'
import FormField from '@cloudscape-design/components/form-field'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { readJson } from '@/components/shell/read-json'
import type { Found } from '@/lib/inventory/search'

type Props = { value: string; onChange: (value: string) => void; label?: string }

/** A key by its ARN, found by whatever is known of it: alias, id, description, tag, account. */
export function KeyField({ value, onChange, label = 'Key' }: Props) {
  const { data, isFetching, error } = useQuery({
    queryKey: ['search', value],
    placeholderData: keepPreviousData,
    enabled: value.trim() !== '',
    queryFn: ({ signal }) =>
      readJson<Found>(`/api/search?${new URLSearchParams({ q: value.slice(0, 300) })}`, signal),
  })
  return (
    <FormField label={label} stretch>
      <Autosuggest
        value={value}
        filteringType="manual"
        onChange={({ detail }) => onChange(detail.value)}
        placeholder="Alias, key id or ARN"
        enteredTextLabel={(text) => `Use "${text}"`}
        options={(data?.keys ?? []).map((key) => ({
          value: key.arn,
          label: key.arn,
          description: [key.aliases[0] ?? 'no alias', key.accountName, key.region].join(' · '),
        }))}
        statusType={error ? 'error' : isFetching ? 'loading' : 'finished'}
        errorText={error?.message}
        loadingText="Looking"
        finishedText={
          data?.more.includes('keys') ? 'The first of many: type more of it' : undefined
        }
        empty={
          value.trim() === ''
            ? 'Type a part of its alias or id'
            : 'No key like this in the accounts you may see'
        }
      />
    </FormField>
  )
}
