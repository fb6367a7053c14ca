import { isGroup, noneValue, unknownValue, type Filter, type Token } from '@/lib/table/filter'
import { keysTable } from '@/lib/inventory/table/keys-table'
import { accounts, type Made } from './fleet'

type Fact = { texts: string[] } | { number: number } | 'unknown' | 'none'
const textFact = (text: string | null): Fact =>
  text === null ? 'unknown' : text === '' ? 'none' : { texts: [text] }

function factOf(key: Made, property: string): Fact {
  if (property.startsWith('tag:')) {
    const value = key.tags?.[property.slice(4)]
    return key.tags === null ? 'unknown' : value === undefined ? 'none' : { texts: [value] }
  }
  switch (property) {
    case 'account':
      return { texts: [key.accountId] }
    case 'region':
      return { texts: [key.region] }
    case 'state':
      return { texts: [key.keyState ?? 'unknown'] }
    case 'rotation':
      return { texts: [key.rotation] }
    case 'gone':
      return { texts: [key.gone ? 'yes' : 'no'] }
    case 'alias':
      return key.aliases === null
        ? 'unknown'
        : key.aliases.length === 0
          ? 'none'
          : { texts: key.aliases }
    case 'description':
      return textFact(key.description)
    case 'owner':
      return key.tags === null ? 'unknown' : textFact(key.owner ?? '')
    case 'grants':
      return key.grantCount === null ? 'unknown' : { number: key.grantCount }
    case 'lastUse':
      return key.lastUsedAt
        ? { number: Date.parse(key.lastUsedAt) }
        : key.lastUseAt
          ? 'none'
          : 'unknown'
    case 'ageDays':
      return key.createdAt
        ? { number: (Date.now() - Date.parse(key.createdAt)) / 86_400_000 }
        : 'unknown'
    case 'created':
      return key.createdAt ? { number: Date.parse(key.createdAt) } : 'unknown'
    default:
      throw new Error(property)
  }
}

function matches(key: Made, { property, operator, values }: Token): boolean {
  const fact = factOf(key, property)
  const negated = { ne: 'eq', hasnt: 'has', startsnt: 'starts' }[operator as 'ne']
  if (negated) return !matches(key, { property, operator: negated as 'eq', values })
  const isDay = property === 'lastUse' || property === 'created'
  return values.some((value) => {
    if (
      operator === 'eq' &&
      keysTable.properties[property]?.kind !== 'enum' &&
      (value === unknownValue || value === noneValue)
    )
      return fact === value.slice(1, -1)
    if (typeof fact === 'string') return false
    if ('number' in fact) {
      const from = isDay ? Date.parse(value) : Number(value)
      const to = isDay ? from + 86_400_000 : from
      if (operator === 'lt') return fact.number < from
      if (operator === 'le') return isDay ? fact.number < to : fact.number <= from
      if (operator === 'gt') return isDay ? fact.number >= to : fact.number > from
      if (operator === 'ge') return fact.number >= from
      // An age is said in whole days, and compared with the hours.
      if (property === 'ageDays') return Math.floor(fact.number) === from
      return isDay ? fact.number >= from && fact.number < to : fact.number === from
    }
    if (property === 'account' && operator === 'has')
      return accounts.some(
        ({ id, name }) =>
          id === key.accountId && `${id}\n${name}`.toLowerCase().includes(value.toLowerCase()),
      )
    const exact = keysTable.properties[property]?.kind === 'enum' || property.startsWith('tag:')
    return fact.texts.some((text) =>
      operator === 'eq'
        ? exact
          ? text === value
          : text.toLowerCase() === value.toLowerCase()
        : operator === 'has'
          ? text.toLowerCase().includes(value.toLowerCase())
          : text.toLowerCase().startsWith(value.toLowerCase()),
    )
  })
}

/** Whether a person who reads the filter would say that it holds for the key. */
export const holds = (key: Made, { operation, terms }: Filter): boolean => {
  const each = terms.map((term) =>
    isGroup(term)
      ? term.operation === 'or'
        ? term.tokens.some((t) => matches(key, t))
        : term.tokens.every((t) => matches(key, t))
      : matches(key, term),
  )
  return operation === 'or' && each.length > 0 ? each.some(Boolean) : each.every(Boolean)
}

/** Keys that are gone are listed only when the filter speaks of them. */
export const speaksOfGone = (filter: Filter) => JSON.stringify(filter).includes('"gone"')
