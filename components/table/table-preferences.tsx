'use client'

import CollectionPreferences from '@cloudscape-design/components/collection-preferences'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { columnOf, tagName, tagPrefix, type TableDefinition } from '@/lib/table/definition'
import type { TableState } from '@/lib/table/state'
import { displayOf } from './table-columns'

type Props = {
  definition: TableDefinition
  state: TableState
  onChange(change: Partial<TableState>): void
}

/** Columns with their order, rows a page, wrapping, and tags by name as columns. */
export function TablePreferences({ definition, state, onChange }: Props) {
  const tags = state.columns.flatMap((id) => (definition.tags ? (tagName(id) ?? []) : []))
  const display = displayOf(definition, state.columns)
  return (
    <CollectionPreferences
      title="Preferences"
      confirmLabel="Apply"
      cancelLabel="Cancel"
      preferences={{
        pageSize: state.pageSize,
        wrapLines: state.wrap,
        contentDisplay: display,
        custom: tags.join(', '),
      }}
      pageSizePreference={{
        title: 'Rows a page',
        options: definition.pageSizes.map((value) => ({ value, label: `${value} rows` })),
      }}
      wrapLinesPreference={{
        label: 'Wrap lines',
        description: 'Show the whole text of every cell',
      }}
      contentDisplayPreference={{
        title: 'Columns',
        description: 'They are part of the address, so that a link shows the same.',
        enableColumnFiltering: true,
        options: display.map(({ id }) => ({ id, label: columnOf(definition, id)?.label ?? id })),
      }}
      customPreference={
        definition.tags
          ? (names: unknown, setNames) => <TagsField names={names} onChange={setNames} />
          : undefined
      }
      onConfirm={({ detail }) => {
        const shown = (detail.contentDisplay ?? display).filter(({ visible }) => visible)
        onChange({
          pageSize: detail.pageSize ?? state.pageSize,
          wrap: detail.wrapLines ?? state.wrap,
          columns: withTags(
            shown.map(({ id }) => id),
            namesIn(detail.custom),
          ),
        })
      }}
    />
  )
}

function TagsField({ names, onChange }: { names: unknown; onChange(names: string): void }) {
  return (
    <FormField label="Tags as columns" description="Names, with commas between them: team, env">
      <Input
        value={typeof names === 'string' ? names : ''}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  )
}

const namesIn = (text: unknown): string[] =>
  typeof text === 'string'
    ? text
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean)
    : []

/** The columns with those of exactly these tags among them, new ones at the end. */
function withTags(columns: readonly string[], tags: readonly string[]): string[] {
  const kept = columns.filter((id) => {
    const tag = tagName(id)
    return tag === null || tags.includes(tag)
  })
  const added = tags.map((name) => tagPrefix + name).filter((id) => !kept.includes(id))
  return [...kept, ...added]
}
