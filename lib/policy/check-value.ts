import type { ConditionOperator, ConditionValue, Located } from './document'
import { parseIpRange } from './ip'
import type { Parsing } from './parsing'
import { parseBinary, parseBool, parseDate, parseNumeric } from './scalars'
import { splitVariables } from './variables'

/**
 * What IAM refuses in a condition value: a date that is none, an address that
 * is none, a broken variable.
 */
export function checkConditionValue(
  parsing: Parsing,
  operator: ConditionOperator,
  located: ConditionValue,
  variables: boolean,
): void {
  if (located.value.includes('${')) {
    checkVariables(parsing, located, variables)
    if (variables && operator.type !== 'String' && operator.type !== 'Arn') {
      parsing.report(
        'INVALID_VARIABLE_FOR_OPERATOR',
        located.path,
        located.span,
        `Policy variables work with String and Arn operators, not with ${operator.name}.`,
      )
    }
    return
  }
  const expected = expectedForm(operator, located.value)
  if (!expected) return
  parsing.report(
    'INVALID_CONDITION_DATA_TYPE',
    located.path,
    located.span,
    `"${clip(located.value)}" is not ${expected}, which ${operator.name} compares.`,
  )
}

/**
 * Variables in a Resource or a condition value. In version 2008-10-17 they are plain text,
 * which is seldom what was meant.
 */
export function checkVariables(
  parsing: Parsing,
  located: Located<string>,
  variables: boolean,
): void {
  const { path, span, value } = located
  if (!variables) {
    const message = 'Policy variables need "Version": "2012-10-17"; here this is plain text.'
    parsing.report('VARIABLE_UNSUPPORTED_IN_VERSION', path, span, message, 'warning')
    return
  }
  for (const fault of splitVariables(value).faults)
    parsing.report(fault.code, path, span, fault.message)
}

function expectedForm(operator: ConditionOperator, value: string): string | null {
  switch (operator.type) {
    case 'Numeric':
      return parseNumeric(value) === null ? 'a number' : null
    case 'Date':
      return parseDate(value) === null ? 'a date (ISO 8601 or seconds since 1970)' : null
    case 'Bool':
    case 'Null':
      return parseBool(value) === null ? 'true or false' : null
    case 'Binary':
      return parseBinary(value) === null ? 'base64' : null
    case 'IpAddress':
      return parseIpRange(value) === null ? 'an IP address or a CIDR range' : null
    case 'Arn':
      return isArnPattern(value) ? null : 'an ARN'
    case 'String':
      return null
  }
}

/** A lone wildcard passes: IAM stores it, and it matches every ARN. */
function isArnPattern(value: string): boolean {
  return value.startsWith('arn:') || /^[*?]/.test(value)
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
