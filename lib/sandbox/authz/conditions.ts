import { BlockList, isIP } from 'node:net'
import { fillVariables, matchesArn, matchesGlob, plainText, type Lookup } from './patterns'
import type { Condition } from './policy'

type Test = (have: string, want: string) => boolean

const lower = (text: string) => text.toLowerCase()
const numbers =
  (test: (a: number, b: number) => boolean): Test =>
  (have, want) => {
    const [a, b] = [Number(have), Number(want)]
    return have !== '' && want !== '' && !Number.isNaN(a) && !Number.isNaN(b) && test(a, b)
  }
const dates =
  (test: (a: number, b: number) => boolean): Test =>
  (have, want) => {
    const [a, b] = [epochMs(have), epochMs(want)]
    return !Number.isNaN(a) && !Number.isNaN(b) && test(a, b)
  }

/** The operators that say what must hold. Their negations stand in `negated`. */
const tests: Record<string, Test> = {
  stringequals: (have, want) => have === plainText(want),
  stringequalsignorecase: (have, want) => lower(have) === lower(plainText(want)),
  stringlike: (have, want) => matchesGlob(want, have),
  numericequals: numbers((a, b) => a === b),
  numericlessthan: numbers((a, b) => a < b),
  numericlessthanequals: numbers((a, b) => a <= b),
  numericgreaterthan: numbers((a, b) => a > b),
  numericgreaterthanequals: numbers((a, b) => a >= b),
  dateequals: dates((a, b) => a === b),
  datelessthan: dates((a, b) => a < b),
  datelessthanequals: dates((a, b) => a <= b),
  dategreaterthan: dates((a, b) => a > b),
  dategreaterthanequals: dates((a, b) => a >= b),
  bool: (have, want) => lower(have) === lower(want),
  binaryequals: (have, want) => have === want,
  ipaddress: inRange,
  arnequals: (have, want) => matchesArn(want, have),
  arnlike: (have, want) => matchesArn(want, have),
}

const negated: Record<string, string> = {
  stringnotequals: 'stringequals',
  stringnotequalsignorecase: 'stringequalsignorecase',
  stringnotlike: 'stringlike',
  numericnotequals: 'numericequals',
  datenotequals: 'dateequals',
  notipaddress: 'ipaddress',
  arnnotequals: 'arnequals',
  arnnotlike: 'arnlike',
}

/**
 * All must hold. An operator nobody knows holds never: such a document AWS would not have taken.
 */
export function conditionsHold(
  conditions: Condition[],
  lookup: Lookup,
  variables: boolean,
): boolean {
  return conditions.every((condition) => conditionHolds(condition, lookup, variables))
}

function conditionHolds(condition: Condition, lookup: Lookup, variables: boolean): boolean {
  const have = lookup(condition.key)
  if (condition.operator === 'null')
    return condition.values.some((value) => (lower(value) === 'true') === (have === undefined))
  const positive = negated[condition.operator]
  const test = tests[positive ?? condition.operator]
  if (!test) return false
  if (have === undefined || (have.length === 0 && condition.set !== null)) {
    return (
      condition.ifExists ||
      condition.set === 'all' ||
      (condition.set === null && positive !== undefined)
    )
  }
  const filled = variables
    ? condition.values.map((value) => fillVariables(value, lookup))
    : condition.values
  const wants = filled.filter((value) => value !== null)
  const fits = (value: string) =>
    wants.some((want) => test(value, want)) !== (positive !== undefined)
  if (condition.set === 'all') return have.every(fits)
  if (condition.set === 'any') return have.some(fits)
  return positive === undefined ? have.some(fits) : have.every(fits)
}

function epochMs(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
}

function inRange(address: string, range: string): boolean {
  const [network = '', bits] = range.split('/')
  const [family, own] = [isIP(network), isIP(address)]
  if (family === 0 || family !== own) return false
  const list = new BlockList()
  const type = family === 4 ? 'ipv4' : 'ipv6'
  list.addSubnet(network, bits === undefined ? (family === 4 ? 32 : 128) : Number(bits), type)
  return list.check(address, type)
}
