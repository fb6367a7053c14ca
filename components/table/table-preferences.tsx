'use client'

import CollectionPreferences from '@cloudscape-design/components/collection-preferences'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { columnOf, tagName, tagPrefix, type TableDefinition } from '@/lib/table/definition'
import type { TableState } from '@/lib/table/state'

type Props = {
  definition: TableDefinition
  state: TableState
  onChange(change: Partial<TableState>): void
}

/** Columns with their order, rows a page, wrapping, and tags by name as columns. */
export function TablePreferences({ definition, state, onChange }: Props) {
  const tags = state.columns.flatMap((id) => (definition.tags ? (tagName(id) ?? []) : []))
  const others = definition.columns.filter((column) => !state.columns.includes(column.id))
  const display = [
    ...state.columns.map((id) => ({ id, visible: true })),
    ...others.map(({ id }) => ({ id, visible: false })),
  ]
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
          ? (value: unknown, setValue) => (
              <FormField
                label="Tags as columns"
                description="Names, with commas between them: team, env"
              >
                <Input
                  value={typeof value === 'string' ? value : ''}
                  onChange={({ detail }) => setValue(detail.value)}
                />
              </FormField>
            )
          : undefined
      }
      onConfirm={({ detail }) => {
        const given: unknown = detail.custom
        const wanted =
          typeof given === 'string'
            ? given
                .split(',')
                .map((name) => name.trim())
                .filter(Boolean)
            : []
        const visible = (detail.contentDisplay ?? display)
          .filter((column) => column.visible)
          .map((column) => column.id)
        const columns = visible.filter(
          (id) => tagName(id) === null || wanted.includes(tagName(id) ?? ''),
        )
        const added = wanted.map((name) => tagPrefix + name).filter((id) => !columns.includes(id))
        onChange({
          pageSize: detail.pageSize ?? state.pageSize,
          wrap: detail.wrapLines ?? state.wrap,
          columns: [...columns, ...added],
        })
      }}
    />
  )
}
