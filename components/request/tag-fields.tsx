'use client'

import Box from '@cloudscape-design/components/box'
import Multiselect from '@cloudscape-design/components/multiselect'
import Textarea from '@cloudscape-design/components/textarea'
import type { AskedKey } from '@/lib/changes/request/askable'
import { Field } from './field'
import { useRequestForm } from './form-context'
import { PairsField } from './pairs-field'

/** What some of the keys have already under the names that are typed. */
function valuesNow(keys: readonly AskedKey[], names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const found = keys.flatMap(({ tags }) =>
      tags && Object.hasOwn(tags, name) ? [tags[name] ?? ''] : [],
    )
    return name === '' || found.length === 0
      ? []
      : [
          `${name} is ${[...new Set(found)].map((value) => `“${value}”`).join(' or ')} ` +
            `now${keys.length > 1 ? ` on ${found.length} of ${keys.length}` : ''}`,
        ]
  })
}

export function TagFields() {
  const {
    form: { values },
    keys,
    changeValues,
  } = useRequestForm()
  const now = valuesNow(
    keys,
    values.tags.map(([name]) => name),
  )
  return (
    <Field
      label="Tags"
      at={['input.tags']}
      description={
        'A tag that is there already gets this value. Tags can decide who may use a key ' +
        '(attribute-based access): who approves sees which change.'
      }
    >
      <PairsField
        pairs={values.tags}
        onChange={(tags) => changeValues({ tags })}
        most={50}
        what="tag"
      />
      {now.length > 0 && (
        <Box variant="small" padding={{ top: 'xs' }}>
          <span role="status">{now.join('; ')}.</span>
        </Box>
      )}
    </Field>
  )
}

export function UntagField() {
  const {
    form: { values },
    keys,
    changeValues,
  } = useRequestForm()
  const counts = new Map<string, number>()
  for (const name of keys.flatMap(({ tags }) => Object.keys(tags ?? {})))
    counts.set(name, (counts.get(name) ?? 0) + 1)
  for (const name of values.tagKeys) if (!counts.has(name)) counts.set(name, 0)
  const options = [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => ({
      value: name,
      label: name,
      description: keys.length > 1 ? `on ${count} of ${keys.length} keys` : keys[0]?.tags?.[name],
    }))
  return (
    <Field
      label="Tags to remove"
      at={['input.tagKeys']}
      description="AWS removes what is there; a key without the tag refuses nothing."
    >
      <Multiselect
        selectedOptions={options.filter(({ value }) => values.tagKeys.includes(value))}
        options={options}
        filteringType="auto"
        placeholder="Choose tags"
        empty="No tags of these keys are known"
        onChange={({ detail }) =>
          changeValues({ tagKeys: detail.selectedOptions.flatMap(({ value }) => value ?? []) })
        }
        deselectAriaLabel={({ label }) => `Leave out ${label}`}
      />
    </Field>
  )
}

export function DescriptionField() {
  const {
    form: { values },
    keys,
    changeValues,
  } = useRequestForm()
  const now = keys.length === 1 ? keys[0]?.description : null
  return (
    <Field
      label="Description"
      at={['input.description']}
      hint="At most 8,192 characters. It is not secret: it stands in CloudTrail."
      description={now ? `Now: ${now}` : undefined}
    >
      <Textarea
        value={values.description}
        rows={3}
        onChange={({ detail }) => changeValues({ description: detail.value })}
      />
    </Field>
  )
}
