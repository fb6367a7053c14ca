import { splitArn } from '../kms/arn'
import type { ConditionOperator } from './document'
import { containsIp, parseIpRange } from './ip'
import { compileArn, compilePattern, isCatchAll, matchArn, matchPattern } from './match'
import { parseBinary, parseBool, parseDate, parseNumeric } from './scalars'

/** Compares one value of the request with one of the policy, without the operator's negation. */
export interface Comparison {
  test: (value: string) => boolean
  /** Any value at all passes. */
  catchAll: boolean
}

/**
 * `text` is the policy's value with its variables filled; wildcards are marked for
 * StringLike and the Arn operators.
 */
export function compileComparison(operator: ConditionOperator, text: string): Comparison {
  switch (operator.type) {
    case 'String':
      return compileString(operator.name, text)
    case 'Numeric':
      return compileOrder(operator.name, text, parseNumeric)
    case 'Date':
      return compileOrder(operator.name, text, parseDate)
    case 'Bool':
      return {
        test: (value) => parseBool(value) !== null && parseBool(value) === parseBool(text),
        catchAll: false,
      }
    case 'Binary': {
      const wanted = parseBinary(text)
      return { test: (value) => wanted !== null && parseBinary(value) === wanted, catchAll: false }
    }
    case 'IpAddress': {
      const range = parseIpRange(text)
      return { test: (value) => isInRange(range, value), catchAll: false }
    }
    case 'Arn': {
      const pattern = compileArn(text)
      return { test: (value) => matchArn(pattern, splitArn(value)), catchAll: pattern === null }
    }
    case 'Null':
      return { test: () => false, catchAll: false }
  }
}

export function marksWildcards(operator: ConditionOperator): boolean {
  return operator.type === 'Arn' || operator.name.endsWith('Like')
}

function compileString(name: string, text: string): Comparison {
  if (name.endsWith('Like')) {
    const pattern = compilePattern(text)
    return { test: (value) => matchPattern(pattern, value), catchAll: isCatchAll(pattern) }
  }
  if (!name.endsWith('IgnoreCase')) return { test: (value) => value === text, catchAll: false }
  const lower = text.toLowerCase()
  return { test: (value) => value.toLowerCase() === lower, catchAll: false }
}

/**
 * The five orders of Numeric and Date. A value that is no number, or no date, passes none of them.
 */
function compileOrder(
  name: string,
  text: string,
  parse: (text: string) => number | null,
): Comparison {
  const wanted = parse(text)
  const order = name.replace(/^(?:Numeric|Date)(?:Not)?/, '')
  return {
    catchAll: false,
    test: (value) => {
      const actual = parse(value)
      if (actual === null || wanted === null) return false
      if (order === 'Equals') return actual === wanted
      if (order === 'LessThan') return actual < wanted
      if (order === 'LessThanEquals') return actual <= wanted
      return order === 'GreaterThan' ? actual > wanted : actual >= wanted
    },
  }
}

function isInRange(range: ReturnType<typeof parseIpRange>, value: string): boolean {
  const actual = range && parseIpRange(value)
  return actual ? containsIp(range, actual) : false
}
