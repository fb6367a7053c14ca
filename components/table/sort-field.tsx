'use client'

import Button from '@cloudscape-design/components/button'
import Select from '@cloudscape-design/components/select'
import type { Sort, TableDefinition } from '@/lib/table/definition'

type Props = { definition: TableDefinition; sort: Sort; onChange(sort: Sort): void }

/** The order of a table on a phone, where its rows are cards without a header to press. */
export function SortField({ definition, sort, onChange }: Props) {
  const options = definition.columns
    .filter(({ sortable }) => sortable)
    .map(({ id, label }) => ({ value: id, label }))
  const isDescending = sort.direction === 'desc'
  return (
    <div className="claviger-sort-field">
      <Select
        inlineLabelText="Sort by"
        ariaLabel="Sort by"
        options={options}
        selectedOption={options.find(({ value }) => value === sort.column) ?? null}
        onChange={({ detail }) =>
          onChange({ ...sort, column: detail.selectedOption.value ?? sort.column })
        }
      />
      <Button
        iconName={isDescending ? 'caret-down-filled' : 'caret-up-filled'}
        ariaLabel={isDescending ? 'Sort ascending' : 'Sort descending'}
        onClick={() => onChange({ ...sort, direction: isDescending ? 'asc' : 'desc' })}
      />
    </div>
  )
}
