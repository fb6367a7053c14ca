import type { GranteeExists, Known } from './flags'
import type { GrantsRow } from './row'

type Digit<Value extends string = string> = { name: string; values: readonly Value[] }
const yesNo = ['yes', 'no'] as const

const issuerClass: Digit<GrantsRow['issuerClass']> = {
  name: 'issuerClass',
  values: ['awsService', 'human', 'claviger'],
}
const known: Digit<Known> = {
  name: 'known',
  values: ['request', 'adopted', 'awsService', 'nobody'],
}
/** What the grant names, and whether IAM has it: not yet whether that is known to be all of IAM. */
const grantee: Digit = {
  name: 'grantee',
  values: ['service', 'deleted', 'account', 'there', 'missing', 'other'],
}
const crossAccount: Digit<GranteeExists> = {
  name: 'crossAccount',
  values: ['yes', 'no', 'notApplicable', 'unknown'],
}

/**
 * What a grant is counted by beside account and Region, as the digits of one number that
 * PostgreSQL keeps in its row, and once for all grants that have it in common (derived.grant_shared). In the order of the column's expression, the first digit
 * leading.
 */
const digits: readonly Digit[] = [
  issuerClass,
  known,
  grantee,
  crossAccount,
  { name: 'constrained', values: yesNo },
  { name: 'duplicate', values: yesNo },
  { name: 'overBroad', values: yesNo },
  { name: 'withoutEnd', values: yesNo },
]

/** Reads the digits of a number. */
export function unpackDigits(number: number): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  let left = number
  for (const { name, values } of digits.toReversed()) {
    found[name] = values[left % values.length] ?? 'unknown'
    left = Math.floor(left / values.length)
  }
  return found
}

function placeOf(name: string): { digit: string; values: readonly string[] } {
  const at = digits.findIndex((digit) => digit.name === name)
  const values = digits[at]?.values ?? []
  const below = digits.slice(at + 1).reduce((product, digit) => product * digit.values.length, 1)
  return { digit: `c.facets / ${below} % ${values.length}`, values }
}

/** SQL of one digit as the word it stands for. */
export function wordOfDigit(name: string): string {
  const { digit, values } = placeOf(name)
  return `(ARRAY[${values.map((value) => `'${value}'`).join(', ')}])[1 + ${digit}]`
}

/** The condition that a digit stands for this word. */
export function hasDigit(name: string, value: string): string {
  const { digit, values } = placeOf(name)
  return `${digit} = ${values.indexOf(value)}`
}
