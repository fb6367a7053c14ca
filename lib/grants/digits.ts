import type { GranteeExists, Known } from './flags'
import type { GrantsRow } from './row'

const yesNo = ['yes', 'no'] as const

/**
 * What a grant is counted by beside account and Region, as the digits of one number that PostgreSQL
 * keeps in its row, and once for all grants that have it in common (derived.grant_shared). In the
 * order of the column's expression, the first digit leading.
 */
const valuesOf = {
  issuerClass: ['awsService', 'human', 'claviger'],
  known: ['request', 'adopted', 'awsService', 'nobody'],
  /** What the grant names, and whether IAM has it: not yet whether that is known to be all of IAM. */
  grantee: ['service', 'deleted', 'account', 'there', 'missing', 'other'],
  crossAccount: ['yes', 'no', 'notApplicable', 'unknown'],
  constrained: yesNo,
  duplicate: yesNo,
  overBroad: yesNo,
  withoutEnd: yesNo,
} as const satisfies Readonly<Record<string, readonly string[]>> & {
  issuerClass: readonly GrantsRow['issuerClass'][]
  known: readonly Known[]
  crossAccount: readonly GranteeExists[]
}
type Values = typeof valuesOf
type DigitName = keyof Values
const digits = Object.entries<readonly string[]>(valuesOf)

/** Reads the digits of a number. */
export function unpackDigits(number: number): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  let left = number
  for (const [name, values] of digits.toReversed()) {
    found[name] = values[left % values.length] ?? 'unknown'
    left = Math.floor(left / values.length)
  }
  return found
}

function placeOf(name: DigitName): { digit: string; values: readonly string[] } {
  const at = digits.findIndex(([one]) => one === name)
  const below = digits.slice(at + 1).reduce((product, [, values]) => product * values.length, 1)
  const values = valuesOf[name]
  return { digit: `c.facets / ${below} % ${values.length}`, values }
}

/** SQL of one digit as the word it stands for. */
export function wordOfDigit(name: DigitName): string {
  const { digit, values } = placeOf(name)
  return `(ARRAY[${values.map((value) => `'${value}'`).join(', ')}])[1 + ${digit}]`
}

/** The condition that a digit stands for this word. */
export function hasDigit<Name extends DigitName>(name: Name, value: Values[Name][number]): string {
  const { digit, values } = placeOf(name)
  return `${digit} = ${values.indexOf(value)}`
}
