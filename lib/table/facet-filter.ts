import { isGroup, tokensOf, type Filter, type Token } from './filter'

const isFacetToken = (term: Filter['terms'][number], property: string): term is Token =>
  !isGroup(term) && term.property === property && term.operator === 'eq'

/** Values of a property that the filter asks for at its top, all of them having to hold. */
export function facetValues(filter: Filter, property: string): readonly string[] {
  if (filter.operation === 'or' && filter.terms.length > 1) return []
  return filter.terms.find((term): term is Token => isFacetToken(term, property))?.values ?? []
}

/**
 * Takes a value of a facet in, or out when it is in: any of the chosen values of
 * one facet, all of the facets.
 */
export function toggleFacet(filter: Filter, property: string, value: string): Filter {
  const chosen = facetValues(filter, property)
  const values = chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]
  const others = conjunction(filter).filter((term) => !isFacetToken(term, property))
  return {
    operation: 'and',
    terms: values.length > 0 ? [...others, { property, operator: 'eq', values }] : others,
  }
}

/**
 * False for "any of" with groups inside: one more condition for all of it would need a deeper
 * nesting than the filter has.
 */
export const canNarrow = (filter: Filter) =>
  filter.operation === 'and' || filter.terms.length < 2 || !filter.terms.some(isGroup)

/** The filter's terms as ones that all have to hold. */
function conjunction(filter: Filter): Filter['terms'] {
  if (filter.operation === 'and' || filter.terms.length < 2) return filter.terms
  return canNarrow(filter) ? [{ operation: 'or', tokens: tokensOf(filter) }] : []
}
