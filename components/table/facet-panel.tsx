'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import { useState } from 'react'
import type { TableDefinition } from '@/lib/table/definition'
import { canNarrow, facetValues, toggleFacet } from '@/lib/table/facet-filter'
import type { Filter } from '@/lib/table/filter'
import './table.css'

type FacetCount = { value: string; count: number }
type Props = {
  definition: TableDefinition
  facets: Readonly<Record<string, readonly FacetCount[]>>
  labelOf(facet: string, value: string): string
  filter: Filter
  hrefOf(filter: Filter): string
  onChange(filter: Filter): void
}

/**
 * How many rows there are of each kind under the filter; a click narrows to
 * them, another takes that back.
 */
export function FacetPanel({ facets, ...rest }: Props) {
  return (
    <nav className="claviger-facets" aria-label="Counts under this filter">
      {Object.entries(facets).map(([facet, counts]) => (
        <Facet key={facet} facet={facet} counts={counts} {...rest} />
      ))}
    </nav>
  )
}

const most = 6

function Facet({
  definition,
  facet,
  counts,
  labelOf,
  ...rest
}: Omit<Props, 'facets'> & { facet: string; counts: readonly FacetCount[] }) {
  const [isWhole, setWhole] = useState(false)
  const chosen = facetValues(rest.filter, facet)
  const missing = chosen
    .filter((value) => !counts.some((one) => one.value === value))
    .map((value) => ({ value, count: 0 }))
  const all = [...counts, ...missing]
  const shown = isWhole ? all : all.filter((one, at) => at < most || chosen.includes(one.value))
  return (
    <section>
      <Box variant="h3" fontSize="body-s" padding={{ bottom: 'xxxs' }}>
        {definition.properties[facet]?.label ?? facet}
      </Box>
      {all.length === 0 && (
        <Box variant="small" color="text-status-inactive">
          nothing to count
        </Box>
      )}
      <ul>
        {shown.map((one) => (
          <li key={one.value}>
            <FacetValue
              {...one}
              facet={facet}
              isChosen={chosen.includes(one.value)}
              label={labelOf(facet, one.value)}
              {...rest}
            />
          </li>
        ))}
      </ul>
      {all.length > most && (
        <Button
          variant="inline-link"
          onClick={() => setWhole(!isWhole)}
          ariaExpanded={isWhole}
          ariaLabel={`${isWhole ? 'Fewer' : `All ${all.length}`}: ${definition.properties[facet]?.label ?? facet}`}
        >
          {isWhole ? 'Fewer' : `All ${all.length}`}
        </Button>
      )}
    </section>
  )
}

/** One value with its count: a link to the table that is narrowed to it, or no longer is. */
function FacetValue({
  facet,
  value,
  count,
  label,
  isChosen,
  filter,
  hrefOf,
  onChange,
}: Pick<Props, 'filter' | 'hrefOf' | 'onChange'> &
  FacetCount & { facet: string; label: string; isChosen: boolean }) {
  const next = toggleFacet(filter, facet, value)
  return (
    <a
      href={hrefOf(next)}
      aria-current={isChosen ? 'true' : undefined}
      data-unknown={value === 'unknown' ? '' : undefined}
      title={
        canNarrow(filter) ? label : 'This replaces the filter: “any of” groups cannot be narrowed.'
      }
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        onChange(next)
      }}
    >
      <span>{label}</span>
      <span className="claviger-facet-count">{count.toLocaleString('en')}</span>
    </a>
  )
}
