import type { ConditionType, PolicyCondition, PolicyStatement } from '../document'
import { operatorText } from '../operators'
import { demandsPresence } from './bounds'
import { findConditionKey, type KeyType } from './kms'
import type { Linting } from './linting'

/** Whether operator and qualifier fit the type of the key. */
export function lintOperators(lint: Linting): void {
  for (const statement of lint.document.statements)
    for (const condition of statement.conditions ?? []) {
      lintEmpty(lint, condition)
      const known = findConditionKey(condition.keyName)
      if (condition.operator.type === 'Null' && condition.operator.qualifier)
        lint.report(
          'NULL_WITH_QUALIFIER',
          at(condition),
          `${condition.operator.qualifier} says nothing with Null, which asks whether the key is there.`,
          'Write "Null".',
        )
      if (!known || condition.operator.type === 'Null') continue
      lintType(lint, condition, known.type)
      lintQualifier(lint, statement, condition, known.type)
    }
}

function at({ path, operatorSpan }: PolicyCondition): {
  path: string
  span: PolicyCondition['operatorSpan']
} {
  return { path, span: operatorSpan }
}

function lintEmpty(lint: Linting, condition: PolicyCondition): void {
  const { values, operator, key } = condition
  if (values.length > 0) return
  const code =
    operator.qualifier === 'ForAllValues'
      ? 'EMPTY_ARRAY_CONDITION_FORALLVALUES'
      : operator.qualifier === 'ForAnyValue'
        ? 'EMPTY_ARRAY_CONDITION_FORANYVALUE'
        : operator.ifExists
          ? 'EMPTY_ARRAY_CONDITION_IFEXISTS'
          : 'EMPTY_ARRAY_CONDITION'
  const effect =
    operator.qualifier === 'ForAllValues' || operator.ifExists
      ? `holds only where the request does not have ${key}`
      : operator.negated
        ? 'always holds'
        : 'never holds'
  lint.report(
    code,
    condition,
    `The condition on ${key} has no values: it ${effect}.`,
    'Add values, or remove the condition.',
  )
}

/**
 * By type of the key: operators that compare it as what it is, and those that
 * compare its text, which can work.
 */
const fitting: Readonly<
  Record<KeyType, { right: readonly ConditionType[]; text: readonly ConditionType[] }>
> = {
  String: { right: ['String', 'Arn'], text: ['Binary'] },
  ArrayOfString: { right: ['String', 'Arn'], text: [] },
  ARN: { right: ['Arn', 'String'], text: [] },
  Bool: { right: ['Bool'], text: ['String'] },
  Numeric: { right: ['Numeric'], text: ['String'] },
  Date: { right: ['Date'], text: ['String'] },
  IPAddress: { right: ['IpAddress'], text: [] },
}

function lintType(lint: Linting, condition: PolicyCondition, type: KeyType): void {
  const { operator, key, keyName } = condition
  const { right, text } = fitting[type]
  // Seconds since 1970, which the KMS guide itself compares as numbers.
  const numericDate =
    (keyName === 'aws:epochtime' || keyName === 'kms:validto') && operator.type === 'Numeric'
  if (right.includes(operator.type) || numericDate) return
  // Account ids are digits, and Numeric compares them; leading zeros do not matter to it.
  const works =
    text.includes(operator.type) ||
    (operator.type === 'Numeric' && /(?:account|accountid)$/.test(keyName))
  const wanted =
    type === 'IPAddress'
      ? 'an IpAddress'
      : type === 'ARN' || type === 'String' || type === 'ArrayOfString'
        ? 'a String or Arn'
        : `a ${type}`
  lint.report(
    works ? 'TYPE_MISMATCH_STRING' : 'TYPE_MISMATCH',
    at(condition),
    works
      ? `${operatorText(operator)} compares ${key} as text, and misses other spellings of the same value.`
      : `${operatorText(operator)} does not fit ${key}: the condition never compares what was meant.`,
    `Use ${wanted} operator.`,
  )
}

function lintQualifier(
  lint: Linting,
  { effect, conditions }: PolicyStatement,
  condition: PolicyCondition,
  type: KeyType,
): void {
  const { operator, key, keyName } = condition
  if (type === 'ArrayOfString') {
    if (operator.qualifier === null)
      lint.report(
        'MISSING_QUALIFIER',
        at(condition),
        `${key} has several values: without ForAnyValue or ForAllValues it is not said which of them must match.`,
        `Write ` + `ForAnyValue:${operator.name}, or ForAllValues with Null.`,
      )
    else if (
      operator.qualifier === 'ForAllValues' &&
      effect?.value === 'Allow' &&
      keyName !== 'kms:grantoperations' &&
      !(conditions ?? []).some((other) => demandsPresence(other, keyName))
    )
      lintVacuous(lint, condition)
    return
  }
  if (operator.qualifier !== 'ForAllValues') return
  const allows = effect?.value === 'Allow'
  lint.report(
    'FORALLVALUES_WITH_SINGLE_VALUED_KEY',
    at(condition),
    `${key} has one value: ForAllValues only adds that the condition holds where the request ` +
      `does not have the key at all${allows ? ', which lets in more than was meant' : ''}.`,
    `Write "${operator.name}".`,
    allows ? 'security-warning' : 'warning',
  )
}

/** CreateGrant always has operations; all other lists may be absent from a request. */
function lintVacuous(lint: Linting, condition: PolicyCondition): void {
  const { key, keyName } = condition
  const fix = `Add "Null": {"${key}": "false"}, or use ForAnyValue.`
  if (keyName === 'kms:resourcealiases')
    lint.report(
      'FORALLVALUES_ON_ALIASES',
      at(condition),
      'ForAllValues holds for every key that has no alias: who can delete aliases reaches any key.',
      fix,
    )
  else
    lint.report(
      'FORALLVALUES_WITHOUT_NULL',
      at(condition),
      `ForAllValues holds where the request has no ${key} at all, and the statement then allows.`,
      fix,
      keyName === 'aws:tagkeys' ? 'suggestion' : undefined,
    )
}
