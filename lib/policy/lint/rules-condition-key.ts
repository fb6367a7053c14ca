import type { PolicyCondition, PolicyStatement } from '../document'
import { isIamOnly } from '../../kms/operations'
import {
  carriesKey,
  conditionKeyNames,
  findConditionKey,
  kmsActionByOperation,
  services,
} from './kms'
import { enumerate, quote, type Linting } from './linting'
import { findNearest } from './nearest'
import { operationsMatching, operationsOf } from './reach'
import { own } from '../../own'

/** Whether a key exists, and whether requests of the statement's actions can carry it. */
export function lintConditionKeys(lint: Linting): void {
  for (const statement of lint.document.statements)
    for (const condition of statement.conditions ?? []) {
      if (lintExists(lint, statement, condition)) {
        lintDeprecated(lint, condition)
        if (lint.document.type === 'key' && condition.keyName === 'kms:resourcealiases')
          lint.report(
            'UNSUPPORTED_CONDITION_KEY_FOR_POLICY',
            keyOf(condition),
            'kms:ResourceAliases works in IAM policies only; in a key policy the condition ' +
              'is never met by what it names.',
            'Use kms:RequestAlias, or move the statement to an IAM policy.',
          )
        else lintCarried(lint, statement, condition)
        lintForService(lint, statement, condition)
      }
    }
}

function keyOf({ path, keySpan }: PolicyCondition): {
  path: string
  span: PolicyCondition['keySpan']
} {
  return { path, span: keySpan }
}

function lintExists(
  lint: Linting,
  statement: PolicyStatement,
  condition: PolicyCondition,
): boolean {
  const { keyName, key } = condition
  const at = keyOf(condition)
  if (/^(?:aws:(?:resource|request|principal)tag\/?|kms:encryptioncontext:?)$/.test(keyName)) {
    lint.report(
      'MISSING_TAG_KEY_IN_CONDITION',
      at,
      `${quote(key)} lacks the name after ${keyName.startsWith('kms') ? 'the colon' : 'the slash'}.`,
      keyName.startsWith('kms')
        ? 'Write "kms:EncryptionContext:<name>".'
        : 'Write the tag\'s key, as in "aws:ResourceTag/team".',
    )
    return false
  }
  const attested = /^kms:recipientattestation:(.*)$/.exec(keyName)?.[1]
  const bogus =
    attested !== undefined &&
    !/^(?:imagesha384|pcr(?:\d|[12]\d|3[01])|nitrotpmpcr(?:\d|1\d|2[0-3]))$/.test(attested)
  if (findConditionKey(keyName) && !bogus) return true
  if (keyName === 'aws:arn') {
    lint.report(
      'UNSUPPORTED_GLOBAL_CONDITION_KEY',
      at,
      'aws:ARN is no condition key any more.',
      'Use aws:PrincipalArn or aws:SourceArn.',
    )
    return false
  }
  lintUnknown(lint, statement, condition)
  return false
}

/** A key that nobody has heard of, or that KMS does not carry. */
function lintUnknown(lint: Linting, statement: PolicyStatement, condition: PolicyCondition): void {
  const { keyName, key } = condition
  const at = keyOf(condition)
  const prefix = keyName.slice(0, Math.max(0, keyName.indexOf(':')))
  const meant = findNearest(key, conditionKeyNames)
  const fix = meant === null ? 'Correct the name of the key.' : `Did you mean "${meant}"?`
  const never = 'a request never has it'
  if (prefix === 'aws')
    lint.report(
      'INVALID_GLOBAL_CONDITION_KEY',
      at,
      `There is no global condition key ${quote(key)}: ${never}.`,
      fix,
    )
  else if (prefix === 'kms')
    lint.report(
      'INVALID_SERVICE_CONDITION_KEY',
      at,
      `KMS has no condition key ${quote(key)}: ${never}.`,
      fix,
    )
  else if (services.has(prefix)) {
    if (isAboutKmsAlone(lint, statement))
      lint.report(
        'UNSUPPORTED_ACTION_FOR_CONDITION_KEY',
        at,
        `Requests to KMS do not carry ${quote(key)}.`,
        'Remove the condition, or use a key of KMS or a global one.',
      )
  } else if (prefix !== '' && !isOfIdentityProvider(prefix))
    lint.report(
      'INVALID_SERVICE_CONDITION_KEY',
      at,
      `There is no service ${quote(prefix)} with condition keys: ${never}.`,
      fix,
    )
}

/** Keys of identity providers begin with the provider's address. */
const isOfIdentityProvider = (prefix: string) =>
  /[./]/.test(prefix) || ['saml', 'www', 'graph', 'cognito-identity'].includes(prefix)

function isAboutKmsAlone({ document }: Linting, { action }: PolicyStatement): boolean {
  return (
    document.type === 'key' ||
    (action?.negated === false &&
      action.values.length > 0 &&
      action.values.every(({ value }) => /^kms:/i.test(value)))
  )
}

const replacements: Readonly<Record<string, string>> = {
  'kms:customermasterkeyspec': 'kms:KeySpec',
  'kms:customermasterkeyusage': 'kms:KeyUsage',
}

function lintDeprecated(lint: Linting, condition: PolicyCondition): void {
  const instead = own(replacements, condition.keyName)
  if (instead)
    lint.report(
      'DEPRECATED_CONDITION_KEY',
      keyOf(condition),
      `${condition.key} is deprecated and does not know newer kinds of keys.`,
      `Use ${instead}.`,
    )
}

/**
 * A condition on a key that a request cannot have never holds; negated, IfExists or Null, it
 * always does or asks for that.
 */
function lintCarried(lint: Linting, statement: PolicyStatement, condition: PolicyCondition): void {
  const { operator, key, keyName } = condition
  if (
    operator.negated ||
    operator.ifExists ||
    operator.type === 'Null' ||
    operator.qualifier === 'ForAllValues'
  )
    return
  if (!isAboutKmsAlone(lint, statement) || !statement.action || statement.action.negated) return
  const counts = (operation: string): boolean =>
    lint.document.type !== 'key' || !isIamOnly(operation)
  const lacks = (operation: string): boolean => {
    const action = kmsActionByOperation.get(operation)
    return action !== undefined && !carriesKey(action, keyName)
  }
  const all = [...operationsOf(statement)].filter(counts)
  if (all.length > 0 && all.every(lacks)) {
    lint.report(
      'UNSUPPORTED_ACTION_FOR_CONDITION_KEY',
      keyOf(condition),
      `No request of these actions carries ${key}: the condition never holds and the statement does nothing.`,
      'Remove the condition, ' + 'or use a key that these actions have.',
    )
    return
  }
  const named = statement.action.values
    .map(({ value }) => value)
    .filter((value) => {
      const operations = operationsMatching(value).filter(counts)
      return operations.length > 0 && operations.every(lacks)
    })
  if (named.length > 0)
    lint.report(
      'UNSUPPORTED_ACTION_FOR_CONDITION_KEY',
      keyOf(condition),
      `Requests of ${enumerate(named.sort())} do not carry ${key}: for ` +
        `${named.length === 1 ? 'it' : 'them'} the statement does nothing.`,
      'Put these actions into a statement of their own.',
      named.every((value) => /[*?]/.test(value)) ? 'suggestion' : 'warning',
    )
}

const ofPrincipalsOnly =
  /^aws:(?:principalorgid|principalorgpaths|principaltag\/.*|username|userid)$/

/** An AWS service that calls for itself belongs to no organization and has no tags. */
function lintForService(
  lint: Linting,
  { principal, effect }: PolicyStatement,
  condition: PolicyCondition,
): void {
  const { operator, keyName, key } = condition
  if (
    effect?.value !== 'Allow' ||
    principal?.negated !== false ||
    principal.values.length === 0 ||
    !ofPrincipalsOnly.test(keyName)
  )
    return
  if (
    !principal.values.every(({ kind }) => kind === 'Service') ||
    operator.negated ||
    operator.ifExists ||
    operator.type === 'Null'
  )
    return
  lint.report(
    'UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL',
    keyOf(condition),
    `Requests that a service makes itself do not carry ${key}: the statement allows nothing.`,
    'Use aws:SourceOrgID, aws:SourceAccount ' + 'or aws:SourceArn.',
  )
}
