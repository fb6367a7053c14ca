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
type FieldProps = {
  when: When
  fields: Record<string, string[]>
  onChange(when: When): void
}
type Props = Pick<RulesPage, 'kinds' | 'accounts'> & FieldProps

/** The first thing wrong in a list: its own message, or that of one of its items. */
const problemOf = (fields: Record<string, string[]>, list: keyof When) =>
  Object.entries(fields).find(
    ([path]) => path === `when.${list}` || path.startsWith(`when.${list}.`),
  )?.[1][0]

const chosen = (list: readonly { value?: string }[]) => list.flatMap(({ value }) => value ?? [])

/** What a rule is about: nothing chosen in a field means any. */
export function WhenForm({ kinds, accounts, ...field }: Props) {
  const { when, fields, onChange } = field
  return (
    <SpaceBetween size="l">
      <ColumnLayout columns={3}>
        <KindsField kinds={kinds} {...field} />
        <RisksField {...field} />
        <AccountsField accounts={accounts} {...field} />
      </ColumnLayout>
      <KeysField {...field} />
      <Tags
        tags={when.tags ?? []}
        error={problemOf(fields, 'tags')}
        onChange={(tags) => onChange({ ...when, tags })}
      />
    </SpaceBetween>
  )
}

function KindsField({ kinds, when, fields, onChange }: FieldProps & Pick<Props, 'kinds'>) {
  const groups = kindOptions(kinds)
  return (
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
  )
}

function RisksField({ when, fields, onChange }: FieldProps) {
  const options = risks.map((value) => ({ value, label: value }))
  return (
    <FormField label="Risks" errorText={problemOf(fields, 'risks')}>
      <Multiselect
        options={options}
        placeholder="Any"
        selectedOptions={options.filter(({ value }) => when.risks?.includes(value))}
        onChange={({ detail }) =>
          onChange({
            ...when,
            risks: risks.filter((risk) => chosen(detail.selectedOptions).includes(risk)),
          })
        }
      />
    </FormField>
  )
}

function AccountsField({ accounts, when, fields, onChange }: FieldProps & Pick<Props, 'accounts'>) {
  const unnamed = (when.accountIds ?? []).filter(
    (id) => !accounts.some((account) => account.id === id),
  )
  const options = [
    ...accounts.map(({ id, name }) => ({ value: id, label: name, description: id })),
    ...unnamed.map((id) => ({
      value: id,
      label: id,
      description: 'not connected, or not yours to see',
    })),
  ]
  return (
    <FormField label="Accounts" errorText={problemOf(fields, 'accountIds')}>
      <Multiselect
        options={options}
        placeholder="Any"
        filteringType="auto"
        filteringPlaceholder="Find an account"
        filteringAriaLabel="Find an account"
        selectedOptions={options.filter(({ value }) => when.accountIds?.includes(value))}
        onChange={({ detail }) => onChange({ ...when, accountIds: chosen(detail.selectedOptions) })}
      />
    </FormField>
  )
}

function KeysField({ when, fields, onChange }: FieldProps) {
  const [arnText, setArnText] = useState(() => (when.keyArns ?? []).join('\n'))
  return (
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
