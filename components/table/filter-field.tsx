'use client'

import PropertyFilter, {
  type PropertyFilterProps,
} from '@cloudscape-design/components/property-filter'
import { useMemo } from 'react'
import { operatorsOf, propertyOf, type TableDefinition } from '@/lib/table/definition'
import { isNegative, noneValue, tokensOf, unknownValue, type Filter } from '@/lib/table/filter'
import { fromQuery, signOf, toQuery } from './filter-query'

type Option = { value: string; label?: string; count?: number }
type Props = {
  definition: TableDefinition
  filter: Filter
  onChange(filter: Filter): void
  /** Values an enumeration has on this table, and how many rows of each. */
  options: Readonly<Record<string, readonly Option[]>>
  tagNames: readonly string[]
  countText?: string
  isLoading: boolean
  placeholder: string
}

/** The token filter over every property of a table. */
export function FilterField({
  definition,
  filter,
  onChange,
  options,
  tagNames,
  countText,
  isLoading,
  placeholder,
}: Props) {
  const used = tokensOf(filter)
    .map((token) => token.property)
    .filter((id) => id.startsWith('tag:'))
  const ids = [
    ...new Set([
      ...Object.keys(definition.properties),
      ...used,
      ...(definition.tags ? tagNames.map((name) => `tag:${name}`) : []),
    ]),
  ]
  const hasNegative = tokensOf(filter).some(({ operator }) => isNegative(operator))
  const idList = ids.join('\n')
  const properties = useMemo(
    () => idList.split('\n').flatMap((id) => toProperty(definition, id, options[id])),
    [definition, idList, options],
  )
  return (
    <PropertyFilter
      query={toQuery(filter, (id) => propertyOf(definition, id)?.kind === 'enum')}
      onChange={({ detail }) => onChange(fromQuery(detail))}
      filteringProperties={properties}
      filteringOptions={useMemo(
        () => toOptions(definition, idList.split('\n'), options),
        [definition, idList, options],
      )}
      customGroupsText={[{ group: 'tags', properties: 'Tags', values: 'Values of tags' }]}
      freeTextFiltering={{ operators: [':', '!:'], defaultOperator: ':' }}
      enableTokenGroups
      expandToViewport
      countText={countText}
      loading={isLoading}
      filteringAriaLabel={placeholder}
      filteringPlaceholder={placeholder}
      filteringConstraintText={
        hasNegative ? '“Is not” and “does not contain” also show what is unknown.' : undefined
      }
      filteringEmpty="No property of this name"
      virtualScroll
    />
  )
}

function toProperty(
  definition: TableDefinition,
  id: string,
  counted?: readonly Option[],
): PropertyFilterProps.FilteringProperty[] {
  const property = propertyOf(definition, id)
  if (!property) return []
  const labelOf = (value: unknown) =>
    (Array.isArray(value) ? value : [value])
      .map((one) => counted?.find((option) => option.value === one)?.label ?? String(one))
      .join(', ')
  const signs = [...operatorsOf[property.kind], ...(property.also ?? [])]
  return [
    {
      key: id,
      propertyLabel: property.label,
      groupValuesLabel: `${property.label} values`,
      group: id.startsWith('tag:') ? 'tags' : undefined,
      defaultOperator:
        property.kind === 'number' || property.kind === 'date'
          ? '>'
          : property.kind === 'text' && !id.startsWith('tag:')
            ? ':'
            : '=',
      operators: signs.map((operator) =>
        property.kind === 'enum' && (operator === 'eq' || operator === 'ne')
          ? { operator: signOf(operator), tokenType: 'enum', format: labelOf }
          : { operator: signOf(operator) },
      ),
    },
  ]
}

function toOptions(
  definition: TableDefinition,
  ids: readonly string[],
  options: Props['options'],
): PropertyFilterProps.FilteringOption[] {
  return ids.flatMap((id) => {
    const property = propertyOf(definition, id)
    if (property?.kind !== 'enum')
      return property ? [unknownValue, noneValue].map((value) => ({ propertyKey: id, value })) : []
    const counted = options[id] ?? []
    const others = (property.values ?? [])
      .filter((value) => !counted.some((option) => option.value === value))
      .map((value): Option => ({ value }))
    return [...counted, ...others].map(({ value, label, count }) => ({
      propertyKey: id,
      value,
      label: label ?? value,
      tags: count === undefined ? undefined : [count.toLocaleString('en')],
    }))
  })
}
