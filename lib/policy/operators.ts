import type { ConditionOperator, ConditionType } from './document'

const types: Readonly<Record<string, ConditionType>> = {
  StringEquals: 'String',
  StringNotEquals: 'String',
  StringEqualsIgnoreCase: 'String',
  StringNotEqualsIgnoreCase: 'String',
  StringLike: 'String',
  StringNotLike: 'String',
  NumericEquals: 'Numeric',
  NumericNotEquals: 'Numeric',
  NumericLessThan: 'Numeric',
  NumericLessThanEquals: 'Numeric',
  NumericGreaterThan: 'Numeric',
  NumericGreaterThanEquals: 'Numeric',
  DateEquals: 'Date',
  DateNotEquals: 'Date',
  DateLessThan: 'Date',
  DateLessThanEquals: 'Date',
  DateGreaterThan: 'Date',
  DateGreaterThanEquals: 'Date',
  Bool: 'Bool',
  BinaryEquals: 'Binary',
  IpAddress: 'IpAddress',
  NotIpAddress: 'IpAddress',
  ArnEquals: 'Arn',
  ArnNotEquals: 'Arn',
  ArnLike: 'Arn',
  ArnNotLike: 'Arn',
  Null: 'Null',
}

/** The 27 operators of the IAM user guide, in its spelling. */
export const operatorNames: readonly string[] = Object.keys(types)

const spellings = new Map(operatorNames.map((name) => [name.toLowerCase(), name]))
const known = new Map<string, ConditionOperator | null>()

/**
 * `ForAllValues:StringNotLikeIfExists` taken apart; null for what is no operator. IAM does
 * not distinguish case here.
 */
export function parseOperator(text: string): ConditionOperator | null {
  let operator = known.get(text)
  if (operator === undefined) {
    operator = readOperator(text.toLowerCase())
    // Hostile text must not grow the table without end.
    if (operator) known.set(text, operator)
  }
  return operator
}

function readOperator(text: string): ConditionOperator | null {
  const qualifier = text.startsWith('forallvalues:')
    ? 'ForAllValues'
    : text.startsWith('foranyvalue:')
      ? 'ForAnyValue'
      : null
  const rest = qualifier ? text.slice(qualifier.length + 1) : text
  const ifExists = rest.endsWith('ifexists')
  const name = spellings.get(ifExists ? rest.slice(0, -'ifexists'.length) : rest)
  const type = name === undefined ? undefined : types[name]
  if (name === undefined || type === undefined) return null
  return { name, type, negated: name.includes('Not'), qualifier, ifExists }
}

/** `ForAnyValue:StringLikeIfExists`, in AWS's spelling. */
export function operatorText(operator: ConditionOperator): string {
  return `${operator.qualifier ? `${operator.qualifier}:` : ''}${operator.name}${operator.ifExists ? 'IfExists' : ''}`
}
