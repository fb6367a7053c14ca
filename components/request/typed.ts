/** Between what was typed and the members of an input. Pure. */
import type { Facts } from '@/lib/changes/kinds/kind'
import type { Pair, Values } from './values'

export const orNull = (text: string): string | null => text.trim() || null

/**
 * A number as it was typed, thousands apart or not; what is none is left as text, for the
 * schema to refuse in its words.
 */
export function toNumber(text: string): number | string {
  const typed = text.trim()
  return /^-?(\d+|\d{1,3}([, _]\d{3})+)(\.\d+)?$/.test(typed)
    ? Number(typed.replaceAll(/[, _]/g, ''))
    : typed
}

/** Rows that are wholly empty are not there; a later row of the same name wins. */
export const toRecord = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(pairs.filter(([name, value]) => name !== '' || value !== ''))

export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
export const factsOf = (value: unknown): Facts =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
export const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

export function toPairs(value: unknown): readonly Pair[] {
  const pairs = Object.entries(factsOf(value)).map(([name, one]): Pair => [name, textOf(one)])
  return pairs.length > 0 ? pairs : [['', '']]
}

const bareAlias = (name: string) => name.replace(/^alias\//, '')
export const toAliasName = (typed: string): string => `alias/${bareAlias(typed.trim())}`
export const fromAliasName = (name: unknown): string => bareAlias(textOf(name))

/** A policy of one's own for a new key; null: AWS's default. */
export const toPolicy = ({ hasPolicy, policy }: Values): string | null =>
  hasPolicy ? policy : null
export const fromPolicy = (policy: unknown): Pick<Values, 'hasPolicy' | 'policy'> => ({
  hasPolicy: typeof policy === 'string',
  policy: textOf(policy),
})
