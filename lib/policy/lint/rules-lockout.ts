import type { PolicyStatement, PrincipalValue } from '../document'
import { uniqueIdPattern } from '../../kms/arn'
import { isLive, isWholeAccount, operationsOf, principalAccount } from './reach'
import type { Linting } from './linting'
import { own } from '../../own'

/** Reports (POL-05, POL-06) who can change this policy, and how easily that becomes nobody. */
export function lintLockout(lint: Linting): void {
  const { document, facts } = lint
  if (isOfAws(lint)) return
  // Statements that could not be read may say who administers.
  if (document.broken || document.statements.some(({ unreadable }) => unreadable !== null)) return
  const ruling = document.statements.filter(
    (statement) =>
      statement.effect?.value === 'Allow' &&
      isLive(statement, facts.keyArn) &&
      operationsOf(statement).has('putkeypolicy'),
  )
  const barred = document.statements.find((statement) => barsEveryone(statement, facts.keyArn))
  if (barred) {
    lint.report(
      'NO_POLICY_ADMINISTRATOR',
      barred,
      'This denies kms:PutKeyPolicy to everyone, account root and administrators too: nobody ' +
        'can ever change the policy again.',
      'Spare at least one administrator, by a condition on aws:PrincipalArn.',
    )
    return
  }
  const admins = new Map<string, PrincipalValue>()
  let delegated = false
  for (const { principal } of ruling) {
    if (!principal) continue
    if (principal.negated) delegated = true
    else
      for (const value of principal.values) {
        if (value.anyone || (isWholeAccount(value) && isOurs(lint, value))) delegated = true
        else if (value.kind === 'AWS' && isOurs(lint, value) && isLiving(lint, value))
          admins.set(value.value, value)
      }
  }
  lintSso(lint, delegated)
  if (delegated) return
  const [only, ...others] = admins.values()
  if (!only)
    lint.report(
      'NO_POLICY_ADMINISTRATOR',
      null,
      'Nobody who exists may call kms:PutKeyPolicy: the policy can never be changed again, ' +
        'and KMS refuses it unless its safety check is ' +
        'bypassed.',
      "Give kms:* to the root principal of the key's account, or kms:PutKeyPolicy to its administrators.",
    )
  else if (others.length === 0)
    lint.report(
      'SINGLE_POLICY_ADMINISTRATOR',
      only,
      `${only.value} is the only one who can change this policy, and IAM policies do not ` +
        'count here: if it is deleted, the key is lost to ' +
        `management.`,
      "Add the statement for the account's root principal, or a second administrator.",
    )
}

/**
 * Tells a policy that AWS wrote for a key it manages, in which nobody of the account can change
 * anything.
 */
function isOfAws({ document, facts }: Linting): boolean {
  if (facts.keyManager !== undefined) return facts.keyManager === 'AWS'
  return document.statements.some(
    ({ sid, conditions }) =>
      /^allow access through .+ for all principals in the account/i.test(sid?.value ?? '') &&
      ['kms:calleraccount', 'kms:viaservice'].every((name) =>
        conditions?.some(({ keyName }) => keyName === name),
      ),
  )
}

/**
 * Tells whether a principal is of the key's account. Without one it is not known whose key it is,
 * and everyone named counts.
 */
function isOurs({ own }: Linting, value: PrincipalValue): boolean {
  const account = principalAccount(value)
  return account !== '' && (own === null || account === own.id)
}

function isLiving({ facts }: Linting, value: PrincipalValue): boolean {
  if (uniqueIdPattern.test(value.value)) return false
  const known = own(facts.principals ?? {}, principalAccount(value))
  return (
    known === undefined ||
    isWholeAccount(value) ||
    !/:iam::\d{12}:(?:user|role)\//.test(value.value) ||
    known.includes(value.value)
  )
}

function barsEveryone(statement: PolicyStatement, keyArn: string | undefined): boolean {
  return (
    statement.effect?.value === 'Deny' &&
    isLive(statement, keyArn) &&
    operationsOf(statement).has('putkeypolicy') &&
    (statement.conditions ?? []).length === 0 &&
    statement.principal?.negated === false &&
    statement.principal.values.some(({ anyone }) => anyone)
  )
}

function lintSso(lint: Linting, delegated: boolean): void {
  for (const { principal, effect } of lint.document.statements) {
    if (effect?.value !== 'Allow' || principal?.negated !== false) continue
    for (const value of principal.values) {
      if (
        !/:role\/(?:aws-reserved\/sso\.amazonaws\.com\/)?(?:[^/]+\/)?AWSReservedSSO_/.test(
          value.value,
        )
      )
        continue
      lint.report(
        'SSO_ROLE_AS_PRINCIPAL',
        value,
        'IAM Identity Center makes this role, and makes it anew under another name when the ' +
          'permission set is assigned again; this then ' +
          'names nobody.',
        'Allow the account, with a condition ArnLike aws:PrincipalArn "…/AWSReservedSSO_<permission set>_*".',
        delegated ? 'suggestion' : 'warning',
      )
    }
  }
}

/** Reports principals that are gone: deleted, or not among those that exist. */
export function lintDead(lint: Linting): void {
  for (const { principal } of lint.document.statements)
    for (const value of principal?.values ?? []) {
      if (value.kind !== 'AWS' || value.anyone) continue
      if (uniqueIdPattern.test(value.value))
        lint.report(
          'DEAD_PRINCIPAL',
          value,
          `${value.value} is the unique id of a ` +
            `${value.value.startsWith('AIDA') ? 'user' : 'role'} that was ` +
            'deleted; one made anew under ' +
            `its name has another id.`,
          'Remove it, or name the principal that took its place. KMS refuses to store a policy with such an id.',
        )
      else if (!isLiving(lint, value))
        lint.report(
          'UNKNOWN_PRINCIPAL',
          value,
          `${value.value} does not exist in account ${principalAccount(value)}.`,
          'Remove it, or correct the name. KMS refuses to store a policy that names a principal which does not exist.',
        )
    }
}

/**
 * Reports POL-06, once for a policy: what is missing is an organization's guard, not a part of each
 * statement.
 */
export function lintBypass(lint: Linting): void {
  const guard = 'kms:bypasspolicylockoutsafetycheck'
  const live = lint.document.statements.filter(
    (statement) =>
      isLive(statement, lint.facts.keyArn) && operationsOf(statement).has('putkeypolicy'),
  )
  const asks = ({ conditions }: PolicyStatement, wanted: string): boolean =>
    (conditions ?? []).some(
      ({ keyName, operator, values }) =>
        keyName === guard &&
        operator.type === 'Bool' &&
        values.some(({ value }) => value.toLowerCase() === wanted),
    )
  for (const statement of live) {
    if (statement.effect?.value === 'Allow' && asks(statement, 'true'))
      lint.report(
        'LOCKOUT_CHECK_BYPASS',
        statement,
        'This allows to change the policy without KMS checking that the caller can change it ' +
          'again: one mistake locks everyone out.',
        'Remove the condition, or deny kms:PutKeyPolicy where kms:BypassPolicyLockoutSafetyCheck is true.',
        'security-warning',
      )
  }
  if (live.some((statement) => statement.effect?.value === 'Deny' && asks(statement, 'true')))
    return
  const open = live.find(
    (statement) =>
      statement.effect?.value === 'Allow' &&
      !asks(statement, 'true') &&
      !asks(statement, 'false') &&
      statement.principal?.values.some((value) => value.kind === 'AWS' && !isWholeAccount(value)),
  )
  if (open)
    lint.report(
      'LOCKOUT_CHECK_BYPASS',
      null,
      'Administrators may bypass the check that keeps them from locking themselves out ' +
        '(BypassPolicyLockoutSafetyCheck).',
      'Deny kms:PutKeyPolicy where kms:BypassPolicyLockoutSafetyCheck is true, here or in an SCP.',
    )
}
