import type { Located, PolicyStatement } from '../document'
import { partitionPattern } from '../../kms/arn'
import { compileResource, markWildcards } from '../match'
import { isAliasOperation, isIamOnly } from '../../kms/operations'
import { findRedundant } from './cover'
import { quote, type Linting } from './linting'
import { couldBeKey, operationsMatching, operationsOf } from './reach'
import { judgeRegion } from './regions'

export function lintResources(lint: Linting): void {
  const { type } = lint.document
  for (const statement of lint.document.statements) {
    const { resource, effect } = statement
    if (!resource) continue
    for (const value of resource.values) {
      if (lintArn(lint, value) && type === 'key' && !resource.negated) lintOfKeyPolicy(lint, value)
      else if (type !== 'key') lintAlias(lint, statement, value)
    }
    if (type !== 'key') lintNeverMatches(lint, statement)
    if (type === 'identity' || type === 'session') lintAliasWithoutKey(lint, statement)
    lintRepeated(lint, resource)
    if (resource.negated && effect?.value === 'Allow' && (type === 'key' || type === 'identity'))
      lint.report(
        'ALLOW_WITH_NOT_RESOURCE',
        resource,
        'Allow with NotResource allows the actions on every resource but those listed, those of the future too.',
        'List what should be ' + 'reached in Resource.',
      )
  }
}

function lintRepeated(lint: Linting, resource: NonNullable<PolicyStatement['resource']>): void {
  for (const [value, by] of findRedundant(resource.values, true))
    lint.report(
      'REDUNDANT_RESOURCE',
      value,
      value.value === by
        ? `${quote(by)} stands here twice.`
        : `${quote(by)} of the same list covers ${quote(value.value)}.`,
      'Remove it, or narrow the wildcard.',
    )
}

type Refuse = (
  code: Parameters<Linting['report']>[0],
  message: string,
  fix: string,
  severity?: 'warning',
) => false

/** Checks the fields of an ARN; false where something was wrong with it. */
function lintArn(lint: Linting, located: Located<string>): boolean {
  const { value } = located
  const refuse: Refuse = (code, message, fix, severity) => {
    lint.report(code, located, message, fix, severity)
    return false
  }
  if (value === '*' || value.includes('${')) return true
  if (!value.startsWith('arn:')) {
    // In other policies the grammar has refused it.
    if (lint.document.type !== 'key' || /^[*?]/.test(value)) return true
    return refuse(
      'INVALID_ARN_PREFIX',
      `${quote(value)} is neither an ARN nor "*": the statement reaches no key.`,
      'Write "*", which in a key policy is this key.',
    )
  }
  const [, partition = '', service = '', region = '', account = '', ...rest] = value.split(':')
  if (rest.length === 0) return lintShortArn(refuse, value)
  return (
    lintService(refuse, partition, service) &&
    lintPlace(refuse, service, region, account) &&
    (service !== 'kms' || lintKmsArn(refuse, value, region, account, rest.join(':')))
  )
}

const isWild = (text: string): boolean => /[*?]/.test(text)

/** An ARN of fewer than six fields. */
function lintShortArn(refuse: Refuse, value: string): boolean {
  const last = value.slice(value.lastIndexOf(':') + 1)
  if (last.endsWith('*') && !last.includes('/')) return true
  if (compileResource(markWildcards(value)).loose && !/^arn:[^:*?]*:[^:*?]*:[^:*?]+:/.test(value))
    return refuse(
      'MISSING_ARN_FIELD',
      `${quote(value)} has fewer than six fields. How far its "*" reaches over the colons ` +
        'AWS leaves open, so what it matches is not certain.',
      'Write all six fields: arn:aws:kms:*:*:key/….',
      'warning',
    )
  return refuse(
    'MISSING_ARN_FIELD',
    `${quote(value)} lacks fields: an ARN is arn:partition:service:region:account:resource.`,
    'Write all six fields.',
  )
}

function lintService(refuse: Refuse, partition: string, service: string): boolean {
  if (!isWild(partition) && !partitionPattern.test(partition))
    return refuse(
      'INVALID_PARTITION',
      `${quote(partition)} is no AWS partition.`,
      'Write aws, aws-cn or aws-us-gov.',
    )
  if (service !== service.toLowerCase())
    return refuse(
      'INVALID_ARN_SERVICE_CASE',
      `${quote(service)}: the service of an ARN is in lower case.`,
      `Write ${service.toLowerCase()}.`,
    )
  return true
}

function lintPlace(refuse: Refuse, service: string, region: string, account: string): boolean {
  if (region !== '' && !isWild(region) && judgeRegion(region) !== 'known')
    return refuse(
      'INVALID_ARN_REGION',
      `${quote(region)} is no Region that is known.`,
      'Correct the Region.',
      judgeRegion(region) === 'unknown' ? 'warning' : undefined,
    )
  if (account !== '' && account !== 'aws' && !isWild(account) && !/^\d{12}$/.test(account))
    return refuse(
      'INVALID_ARN_ACCOUNT',
      `${quote(account)} is no account of 12 digits.`,
      'Write the 12 digits of the account.',
    )
  if (service === 'iam' && region !== '')
    return refuse(
      'ARN_REGION_NOT_ALLOWED',
      'ARNs of IAM have no Region.',
      'Leave the Region empty.',
    )
  return true
}

function lintKmsArn(
  refuse: Refuse,
  value: string,
  region: string,
  account: string,
  resource: string,
): boolean {
  if (region === '')
    return refuse(
      'MISSING_ARN_REGION',
      `${quote(value)}: KMS keys are of a Region.`,
      'Write the Region, or "*".',
    )
  if (account === '')
    return refuse(
      'INVALID_ARN_ACCOUNT',
      `${quote(value)}: KMS keys are of an account.`,
      'Write the 12 digits of the account, or "*".',
    )
  if (/^(?:key\/.|alias\/.|[*?])/.test(resource) || /^(?:k|a)[a-z/]*[*?]/.test(resource))
    return true
  return refuse(
    'INVALID_ARN_RESOURCE',
    `${quote(resource)} is neither key/<id> nor alias/<name>.`,
    'Write "key/" and the key\'s id.',
  )
}

function lintOfKeyPolicy(lint: Linting, located: Located<string>): void {
  const { value } = located
  const { keyArn } = lint.facts
  const [, , service = '', , , resource = ''] = value.split(':')
  if (value === '*') return
  if (service !== '' && service !== 'kms' && !/[*?$]/.test(service))
    lint.report(
      'UNSUPPORTED_RESOURCE_ARN_IN_POLICY',
      located,
      `${quote(value)} is no key: the statement has no effect on this one.`,
      'Write "*", which in a key policy is this key.',
    )
  else if (resource.startsWith('alias/'))
    lint.report(
      'RESOURCE_IS_ALIAS',
      located,
      'An alias is no key: an ARN of an alias never matches, whatever key it points to.',
      'Write "*", which in a key policy is this key.',
    )
  else if (keyArn !== undefined && !couldBeKey(value, keyArn))
    lint.report(
      'RESOURCE_IS_ANOTHER_KEY',
      located,
      `${quote(value)} is not this key: the statement has no effect.`,
      'Write "*", which in a key policy is this key.',
    )
  else if (keyArn === undefined)
    lint.report(
      'RESOURCE_NOT_STAR',
      located,
      `In a key policy the statement works only if ${quote(value)} is this very key; copied ` +
        'to another key, or to a replica, it does ' +
        `nothing.`,
      'Write "*".',
    )
}

/**
 * Reports operations that can never match: those about no single key are asked of the resource "*",
 * which only a lone "*" matches.
 */
function lintNeverMatches(lint: Linting, { action, resource, unreadable }: PolicyStatement): void {
  if (!action || action.negated || !resource || resource.negated || unreadable !== null) return
  if (resource.values.length === 0 || resource.values.some(({ value }) => value === '*')) return
  const named = action.values.filter(({ value }) => {
    const covered = operationsMatching(value)
    return covered.length > 0 && covered.every(isIamOnly)
  })
  for (const value of named)
    lint.report(
      'RESOURCE_NEVER_MATCHES',
      value,
      `${quote(value.value)} is about no single key: limited to ARNs the statement does nothing for it.`,
      'Put it into a statement of its own with Resource "*".',
    )
}

/**
 * Reports an alias without its key: the call needs permission on both.
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html
 */
function lintAliasWithoutKey(lint: Linting, statement: PolicyStatement): void {
  const { action, resource, effect } = statement
  if (effect?.value !== 'Allow' || !action || action.negated || !resource || resource.negated)
    return
  const onAliases =
    resource.values.length > 0 && resource.values.every(({ value }) => isAliasArn(value))
  if (!onAliases) return
  const bare = action.values.filter(({ value }) => {
    const covered = operationsMatching(value)
    return (
      covered.length > 0 &&
      covered.every(isAliasOperation) &&
      !covered.some((operation) => isOnKeys(lint, operation))
    )
  })
  for (const value of bare)
    lint.report(
      'ALIAS_WITHOUT_KEY',
      value,
      `${quote(value.value)} needs permission on the alias and on its key, and this policy gives it on aliases only.`,
      'Allow it on the key too, here or in the key policy.',
    )
}

function isOnKeys({ document }: Linting, operation: string): boolean {
  return document.statements.some(
    (statement) =>
      statement.effect?.value === 'Allow' &&
      operationsOf(statement).has(operation) &&
      (statement.resource?.negated === true ||
        statement.resource?.values.some(({ value }) => !isAliasArn(value)) === true),
  )
}

function isAliasArn(value: string): boolean {
  return /^arn:[^:]*:kms:[^:]*:[^:]*:alias\//.test(value)
}

/**
 * Reports an alias ARN in Resource: it authorizes operations on the alias, never on the key.
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
function lintAlias(lint: Linting, statement: PolicyStatement, located: Located<string>): void {
  if (!isAliasArn(located.value) || statement.resource?.negated !== false) return
  const operations = [...operationsOf(statement)]
  if (operations.length === 0 || operations.some(isAliasOperation)) return
  lint.report(
    'RESOURCE_IS_ALIAS',
    located,
    'The ARN of an alias never matches operations on the key behind it: this allows or denies nothing.',
    'Write the ARN of the key, or key/* with a condition on kms:RequestAlias or kms:ResourceAliases.',
  )
}
