import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter'
import {
  anyText,
  isGroup,
  type Filter,
  type Group,
  type Operator,
  type Token,
} from '@/lib/table/filter'

const signs = {
  eq: '=',
  ne: '!=',
  has: ':',
  hasnt: '!:',
  starts: '^',
  startsnt: '!^',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
} as const satisfies Record<Operator, string>
export const signOf = (operator: Operator) => signs[operator]

function operatorOf(sign: string): Operator | null {
  const found = Object.entries(signs).find(([, text]) => text === sign)?.[0]
  return found && found in signs ? (found as Operator) : null // a key of `signs`, checked
}

/** A filter as the token field has it. Enumerations hold lists there, everything else one text. */
export function toQuery(
  filter: Filter,
  isEnum: (property: string) => boolean,
): PropertyFilterProps.Query {
  const token = ({ property, operator, values }: Token): PropertyFilterProps.Token => ({
    propertyKey: property === anyText ? undefined : property,
    operator: signs[operator],
    value:
      isEnum(property) && (operator === 'eq' || operator === 'ne')
        ? [...values]
        : values.join(' | '),
  })
  const tokenGroups = filter.terms.map((term) =>
    isGroup(term) ? { operation: term.operation, tokens: term.tokens.map(token) } : token(term),
  )
  return { operation: filter.operation, tokens: [], tokenGroups }
}

type Node = PropertyFilterProps.Token | PropertyFilterProps.TokenGroup
const isNode = (node: Node): node is PropertyFilterProps.TokenGroup => 'operation' in node

export function fromQuery(query: PropertyFilterProps.Query): Filter {
  const nodes: readonly Node[] = query.tokenGroups ?? query.tokens
  return {
    operation: query.operation,
    terms: nodes.flatMap((node) => (isNode(node) ? toGroup(node) : toTokens(node))),
  }
}

function toGroup(group: PropertyFilterProps.TokenGroup): (Token | Group)[] {
  const tokens = group.tokens.flatMap((node) => (isNode(node) ? [] : toTokens(node)))
  const [only] = tokens
  if (!only) return []
  return tokens.length === 1 ? [only] : [{ operation: group.operation, tokens }]
}

function toTokens({ propertyKey, operator, value }: PropertyFilterProps.Token): Token[] {
  const known = operatorOf(operator)
  const given: unknown = value
  const values = (Array.isArray(given) ? given : [given])
    .filter((one) => one !== null && one !== undefined && one !== '')
    .map(String)
  return known && values.length > 0
    ? [{ property: propertyKey ?? anyText, operator: known, values }]
    : []
}
