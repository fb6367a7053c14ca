'use client'

import AttributeEditor from '@cloudscape-design/components/attribute-editor'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Multiselect from '@cloudscape-design/components/multiselect'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import { risks, type Rule } from '@/lib/changes/rules/rule'
import type { RulesPage } from '@/lib/settings/approval-rules'
import { kindOptions } from '../options'

type When = Rule['when']
type Props = Pick<RulesPage, 'kinds' | 'accounts'> & {
  when: When
  fields: Record<string, string[]>
  onChange(when: When): void
}

/** The first thing wrong in a list: its own message, or that of one of its items. */
const problemOf = (fields: Record<string, string[]>, list: keyof When) =>
  Object.entries(fields).find(
    ([path]) => path === `when.${list}` || path.startsWith(`when.${list}.`),
  )?.[1][0]

/** What a rule is about: nothing chosen in a field means any. */
export function WhenForm({ when, kinds, accounts, fields, onChange }: Props) {
  const [arnText, setArnText] = useState(() => (when.keyArns ?? []).join('\n'))
  const groups = kindOptions(kinds)
  const riskOptions = risks.map((value) => ({ value, label: value }))
  const unnamed = (when.accountIds ?? []).filter(
    (id) => !accounts.some((account) => account.id === id),
  )
  const accountOptions = [
    ...accounts.map(({ id, name }) => ({ value: id, label: name, description: id })),
    ...unnamed.map((id) => ({
      value: id,
      label: id,
      description: 'not connected, or not yours to see',
    })),
  ]
  const chosen = (list: readonly { value?: string }[]) => list.flatMap(({ value }) => value ?? [])
  return (
    <SpaceBetween size="l">
      <ColumnLayout columns={3}>
        <FormField label="Kinds of change" errorText={problemOf(fields, 'kinds')}>
          <Multiselect
            options={groups}
            placeholder="Any"
            filteringType="auto"
            filteringPlaceholder="Find a kind"
            filteringAriaLabel="Find a kind"
            selectedOptions={groups
              .flatMap((group) => group.options)
              .filter(({ value }) => when.kinds?.includes(value))}
            onChange={({ detail }) => onChange({ ...when, kinds: chosen(detail.selectedOptions) })}
          />
        </FormField>
        <FormField label="Risks" errorText={problemOf(fields, 'risks')}>
          <Multiselect
            options={riskOptions}
            placeholder="Any"
            selectedOptions={riskOptions.filter(({ value }) => when.risks?.includes(value))}
            onChange={({ detail }) =>
              onChange({
                ...when,
                risks: risks.filter((risk) => chosen(detail.selectedOptions).includes(risk)),
              })
            }
          />
        </FormField>
        <FormField label="Accounts" errorText={problemOf(fields, 'accountIds')}>
          <Multiselect
            options={accountOptions}
            placeholder="Any"
            filteringType="auto"
            filteringPlaceholder="Find an account"
            filteringAriaLabel="Find an account"
            selectedOptions={accountOptions.filter(({ value }) => when.accountIds?.includes(value))}
            onChange={({ detail }) =>
              onChange({ ...when, accountIds: chosen(detail.selectedOptions) })
            }
          />
        </FormField>
      </ColumnLayout>
      <FormField
        label="Keys"
        description="ARNs, one a line; none: any key."
        errorText={problemOf(fields, 'keyArns')}
        stretch
      >
        <Textarea
          value={arnText}
          rows={Math.min(6, 1 + arnText.split('\n').length)}
          spellcheck={false}
          onChange={({ detail }) => {
            setArnText(detail.value)
            onChange({ ...when, keyArns: detail.value.split(/\s+/).filter(Boolean) })
          }}
        />
      </FormField>
      <Tags
        tags={when.tags ?? []}
        error={problemOf(fields, 'tags')}
        onChange={(tags) => onChange({ ...when, tags })}
      />
    </SpaceBetween>
  )
}

type Tag = NonNullable<When['tags']>[number]

function Tags({
  tags,
  error,
  onChange,
}: {
  tags: readonly Tag[]
  error?: string
  onChange(tags: Tag[]): void
}) {
  const set = (index: number, tag: Tag) =>
    onChange(tags.map((one, at) => (at === index ? tag : one)))
  return (
    <FormField
      label="Tags of the key"
      description="One of them is enough. A key whose tags could not be read counts as having them."
      errorText={error}
      stretch
    >
      <AttributeEditor
        items={tags}
        addButtonText="Add a tag"
        removeButtonText="Remove"
        empty="Any key."
        onAddButtonClick={() => onChange([...tags, { key: '' }])}
        onRemoveButtonClick={({ detail }) =>
          onChange(tags.filter((_, at) => at !== detail.itemIndex))
        }
        definition={[
          {
            label: 'Tag',
            control: ({ key, value }, index) => (
              <Input
                value={key}
                placeholder="environment"
                onChange={({ detail }) => set(index, { key: detail.value, value })}
              />
            ),
          },
          {
            label: 'Value',
            control: ({ key, value }, index) => (
              <Input
                value={value ?? ''}
                placeholder="any"
                onChange={({ detail }) =>
                  set(index, detail.value === '' ? { key } : { key, value: detail.value })
                }
              />
            ),
          },
        ]}
      />
    </FormField>
  )
}
