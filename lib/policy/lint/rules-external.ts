import type { ConditionValue, PolicyCondition, PolicyStatement, PrincipalValue } from '../document'
import { worksAcrossAccounts } from '../../kms/operations'
import { enumerate, type Linting } from './linting'
import { kmsActionByOperation } from './kms'
import { isLive, isWholeAccount, operationsMatching, operationsOf, principalAccount } from './reach'

/** POL-02, POL-03 and what has no effect for strangers. */
export function lintExternal(lint: Linting): void {
  const { own, facts } = lint
  if (!own) {
    lintUnknownAccount(lint)
    return
  }
  for (const statement of lint.document.statements) {
    if (
      statement.effect?.value !== 'Allow' ||
      statement.principal?.negated !== false ||
      !isLive(statement, facts.keyArn)
    )
      continue
    if (statement.principal.values.some(({ anyone }) => anyone))
      lintNamedByCondition(lint, statement)
    const foreign = statement.principal.values.filter(
      (value) => ![own.id, ''].includes(principalAccount(value)),
    )
    if (foreign.length === 0) continue
    lintReach(lint, statement, foreign)
    for (const value of foreign) {
      if (isWholeAccount(value)) lintTrust(lint, statement, value)
      else lintForeignGrantor(lint, statement, value)
      lintStranger(lint, statement, value)
    }
  }
}

/** Unknown is not absent: of several accounts at least one is not the key's. */
function lintUnknownAccount(lint: Linting): void {
  const allows = lint.document.statements.filter(
    (statement) =>
      statement.effect?.value === 'Allow' &&
      statement.principal?.negated === false &&
      isLive(statement, lint.facts.keyArn),
  )
  const accounts = new Set(
    allows.flatMap(({ principal }) => (principal?.values ?? []).map(principalAccount)),
  )
  accounts.delete('')
  if (accounts.size === 0) return
  const several = accounts.size > 1
  lint.report(
    'ACCOUNT_NOT_KNOWN',
    null,
    "External access is not judged: the key's account is not known. The policy names " +
      `${enumerate([...accounts].sort())}` +
      `${several ? ", of which at most one is the key's" : ''}.`,
    "Give the key's account (policy lint --account ID).",
    several ? 'warning' : 'suggestion',
  )
}

/**
 * IAM-04 of a stranger: a role that can make grants without bound hands the key on to whom it
 * likes.
 */
function lintForeignGrantor(
  lint: Linting,
  statement: PolicyStatement,
  value: PrincipalValue,
): void {
  if (!operationsOf(statement).has('creategrant') || boundsGrants(statement.conditions)) return
  lint.report(
    'CREATE_GRANT_NOT_BOUND',
    value,
    `${value.value} of account ${principalAccount(value)}${saysWhose(lint)} can grant every ` +
      'operation on the key to anyone: its account ' +
      'then chooses who uses the key.',
    'Leave kms:CreateGrant out, or bind it by Bool kms:GrantIsForAWSResource "true" or kms:GranteePrincipal.',
    'security-warning',
  )
}

function saysWhose({ own }: Linting): string {
  return own?.inferred
    ? ` (the key is taken to be of account ${own.id}, which this policy lets change it)`
    : ''
}

function lintReach(
  lint: Linting,
  statement: PolicyStatement,
  foreign: readonly PrincipalValue[],
): void {
  const all = [...operationsOf(statement)]
  const void_ = all.filter((operation) => !worksAcrossAccounts(operation))
  if (void_.length === 0 || !statement.action) return
  const accounts = [...new Set(foreign.map(principalAccount))].sort()
  if (void_.length === all.length) {
    lint.report(
      'NO_EFFECT_ACROSS_ACCOUNTS',
      statement.action,
      'None of these actions has an effect for principals of another account ' +
        `(${enumerate(accounts)})${saysWhose(lint)}.`,
      'Remove the statement; what must be done to the key is done by principals of its own account.',
    )
    return
  }
  const named = statement.action.negated
    ? []
    : statement.action.values.filter(({ value }) => {
        const covered = operationsMatching(value)
        return covered.length > 0 && covered.every((operation) => !worksAcrossAccounts(operation))
      })
  for (const value of named)
    lint.report(
      'NO_EFFECT_ACROSS_ACCOUNTS',
      value,
      `"${value.value}" has no effect for principals of another account (${enumerate(accounts)})${saysWhose(lint)}.`,
      "Remove the action, or give it to principals of the key's own account in a statement of their own.",
    )
  const names = void_.map((operation) => kmsActionByOperation.get(operation)?.name ?? operation)
  if (named.length === 0)
    lint.report(
      'NO_EFFECT_ACROSS_ACCOUNTS',
      statement.action,
      `Part of what this allows, such as ${enumerate(names, 3)}, has no effect for ` +
        `principals of another account (${enumerate(accounts)}).`,
      'List the cryptographic operations that the other account needs.',
      'suggestion',
    )
}

function lintTrust(lint: Linting, statement: PolicyStatement, value: PrincipalValue): void {
  const operations = operationsOf(statement)
  if (!operations.has('creategrant')) return
  const whole =
    statement.action?.values.some(
      (action) => action.value === '*' || action.value.toLowerCase() === 'kms:*',
    ) === true
  const bound = boundsGrants(statement.conditions)
  const account = principalAccount(value)
  lint.report(
    'EXTERNAL_ACCOUNT_TRUST',
    value,
    `The whole of account ${account} is trusted with ` +
      `${whole ? 'kms:*' : 'kms:CreateGrant'}${saysWhose(lint)}: its administrators ` +
      'choose who uses the ' +
      `key${bound ? ', for AWS resources only' : ', and by grants they can hand the use on to anyone'}.`,
    'Name roles of that account, list the operations they need, and bind CreateGrant to kms:GrantIsForAWSResource.',
    bound && !whole ? 'suggestion' : 'security-warning',
  )
}

/**
 * Conditions that keep CreateGrant from handing out whatever the grantor likes
 * to whom the grantor likes.
 */
export function boundsGrants(conditions: readonly PolicyCondition[] | null): boolean {
  return (conditions ?? []).some(({ keyName, operator, values }) => {
    if (operator.type === 'Null' || operator.negated || operator.ifExists || values.length === 0)
      return false
    if (keyName === 'kms:grantisforawsresource')
      return values.every(({ value }) => value.toLowerCase() === 'true')
    if (keyName === 'kms:grantoperations')
      return !values.some(({ value }) => value === '*' || /^creategrant$/i.test(value))
    return (
      [
        'kms:granteeprincipal',
        'kms:granteeserviceprincipal',
        'kms:viaservice',
        'kms:grantconstraintsourcearn',
      ].includes(keyName) && values.every(({ value }) => value !== '*')
    )
  })
}

function lintStranger(lint: Linting, statement: PolicyStatement, value: PrincipalValue): void {
  const account = principalAccount(value)
  const { knownAccounts, organizationId } = lint.facts
  if (knownAccounts?.includes(account)) return
  if (organizationId !== undefined && demandsOrganization(statement.conditions, organizationId))
    return
  const judged = knownAccounts !== undefined
  lint.report(
    'EXTERNAL_ACCESS',
    value,
    `${value.value} is of account ${account}, ` +
      `${judged ? 'which is neither ours nor accepted' : `not of the key's${saysWhose(lint)}`}.`,
    judged
      ? 'Remove it, or have the account accepted with a reason and an end date.'
      : 'Make sure that this account is meant to have access.',
    judged ? 'security-warning' : 'suggestion',
  )
}

/** Everyone, but for conditions that name accounts or organizations: those are who has access. */
function lintNamedByCondition(lint: Linting, statement: PolicyStatement): void {
  for (const { keyName, operator, values } of statement.conditions ?? []) {
    if (
      operator.type !== 'String' ||
      operator.negated ||
      operator.ifExists ||
      operator.qualifier === 'ForAllValues'
    )
      continue
    for (const value of values) {
      const named = namedBy(keyName, value.value)
      if (named && isForeign(lint, named)) reportNamed(lint, value, named)
    }
  }
}

type Named = { account: string } | { organization: string }

/** Whom a value of a condition lets in; null where it names neither account nor organization. */
function namedBy(keyName: string, value: string): Named | null {
  if (/^(?:aws:principalaccount|kms:calleraccount)$/.test(keyName) && /^\d{12}$/.test(value))
    return { account: value }
  const organization = keyName.startsWith('aws:principalorg')
    ? /^o-[a-z0-9]{10,32}/.exec(value)?.[0]
    : undefined
  return organization === undefined ? null : { organization }
}

function isForeign({ own, facts }: Linting, named: Named): boolean {
  if ('account' in named)
    return named.account !== own?.id && facts.knownAccounts?.includes(named.account) !== true
  return facts.organizationId !== undefined && named.organization !== facts.organizationId
}

function reportNamed(lint: Linting, value: ConditionValue, named: Named): void {
  const judged = !('account' in named) || lint.facts.knownAccounts !== undefined
  const whom =
    'account' in named ? `account ${named.account}` : `all of organization ${named.organization}`
  lint.report(
    'EXTERNAL_ACCESS',
    value,
    `The condition lets in ${whom}, which is ` +
      `${judged ? 'neither ours nor accepted' : `not the key's${saysWhose(lint)}`}.`,
    judged
      ? 'Remove it, or have it accepted with a reason and an end date.'
      : 'Make sure that this account is meant to have access.',
    judged ? 'security-warning' : 'suggestion',
  )
}

function demandsOrganization(conditions: readonly PolicyCondition[] | null, id: string): boolean {
  return (conditions ?? []).some(
    ({ keyName, operator, values }) =>
      (keyName === 'aws:principalorgid' || keyName === 'aws:principalorgpaths') &&
      !operator.negated &&
      !operator.ifExists &&
      operator.qualifier !== 'ForAllValues' &&
      operator.type === 'String' &&
      values.length > 0 &&
      values.every(({ value }) => value === id || value.startsWith(`${id}/`)),
  )
}
