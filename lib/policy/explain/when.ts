import type { PolicyCondition } from '../document'
import { sayClause, sayKey } from './key-words'
import { joinPhrases, quote } from './phrases'
import { own } from '../../own'

/** One condition as a clause that stands after "if". */
export function sayCondition(condition: PolicyCondition, most?: number): string {
  const { operator, key, keyName, values } = condition
  if (operator.type === 'Null') return sayNull(condition)
  if (values.length === 0)
    return (
      `${sayKey(key)} is one of an empty ` +
      `list${operator.qualifier === 'ForAllValues' || operator.negated ? '' : ', which never holds'}`
    )
  const [only, ...others] = values
  const truth = only && others.length === 0 ? only.value.toLowerCase() : ''
  if (
    operator.name === 'Bool' &&
    operator.qualifier === null &&
    (truth === 'true' || truth === 'false')
  ) {
    const clause = sayClause(keyName, truth === 'true')
    if (clause !== null)
      return operator.ifExists ? `${clause}, or the request does not say` : clause
  }
  return `${sayComparison(condition, most)}${operator.ifExists ? ', or the request does not have it' : ''}`
}

function sayNull({ operator, key, values }: PolicyCondition): string {
  const absent = values.map(({ value }) => value.toLowerCase() === 'true')
  if (absent.includes(true) && absent.includes(false))
    return `the request has ${sayKey(key)} or not, which always holds`
  if (absent.length === 0)
    return `the presence of ${sayKey(key)} is one of an empty list, which never holds`
  const qualifier = operator.qualifier ? ` (written with ${operator.qualifier})` : ''
  return absent[0] === true
    ? `the request does not have ${sayKey(key)}${qualifier}`
    : `the request has ${sayKey(key)}${qualifier}`
}

function sayComparison(
  { operator, key, values }: PolicyCondition,
  most: number | undefined,
): string {
  const list = values.map(({ value }) => quote(value))
  const either = joinPhrases(list, 'or', most)
  const noun = sayKey(key)
  const what = `${own(predicates, operator.name) ?? 'compares with'} ${either}`
  if (operator.qualifier === 'ForAllValues') return `each of ${noun} ${what}, or there are none`
  if (operator.qualifier === 'ForAnyValue') return `at least one of ${noun} ${what}`
  return `${noun} ${what}${operator.negated && !operator.ifExists ? ' (or is absent)' : ''}`
}

const predicates: Readonly<Record<string, string>> = {
  StringEquals: 'is',
  StringNotEquals: 'is not',
  StringEqualsIgnoreCase: 'is, in any case,',
  StringNotEqualsIgnoreCase: 'is not, in any ' + 'case,',
  StringLike: 'matches',
  StringNotLike: 'does not match',
  NumericEquals: 'is',
  NumericNotEquals: 'is not',
  NumericLessThan: 'is less than',
  NumericLessThanEquals: 'is at most',
  NumericGreaterThan: 'is greater than',
  NumericGreaterThanEquals: 'is at least',
  DateEquals: 'is',
  DateNotEquals: 'is not',
  DateLessThan: 'is before',
  DateLessThanEquals: 'is not after',
  DateGreaterThan: 'is after',
  DateGreaterThanEquals: 'is not before',
  Bool: 'is',
  BinaryEquals: 'is, in base64,',
  IpAddress: 'is in',
  NotIpAddress: 'is not in',
  ArnEquals: 'matches',
  ArnNotEquals: 'does not match',
  ArnLike: 'matches',
  ArnNotLike: 'does not match',
}
