import { isHiddenFrom, judgeCondition } from './conditions'
import type { PolicyCondition, PolicyType } from './document'
import type { GrantHit } from './grants'
import type { Judgment } from './judge'
import { operatorText } from './operators'
import { namedAccount, namedRole } from './principal'
import type { Hit, SourceName } from './scan'
import { judgeResource } from './statement'
import { unknown } from './verdict'

const sourceNames: Readonly<Record<SourceName, string>> = {
  keyPolicy: 'the key policy',
  identityPolicies: 'the identity policies',
  permissionBoundaries: 'the permissions boundary',
  sessionPolicies: 'the session policy',
  serviceControlPolicies: 'the service control policies',
  resourceControlPolicies: 'the resource control policies',
  vpcEndpointPolicies: 'the VPC endpoint policy',
  grants: 'the grants',
}

const policyTypes: Readonly<Record<SourceName, PolicyType>> = {
  keyPolicy: 'key',
  identityPolicies: 'identity',
  permissionBoundaries: 'boundary',
  sessionPolicies: 'session',
  serviceControlPolicies: 'scp',
  resourceControlPolicies: 'rcp',
  vpcEndpointPolicies: 'endpoint',
  grants: 'key',
}

/** `statement 2 ("Allow use of the key") of the key policy`, `statement 1 of identity policy 2` */
function nameStatement({ source, index, statement }: Hit): string {
  const sid = statement.source.sid?.value
  return `statement ${statement.source.index + 1}${sid ? ` ("${sid}")` : ''} of ${namePolicy(source, index)}`
}

function namePolicy(source: SourceName, index: number): string {
  switch (source) {
    case 'identityPolicies':
      return `identity policy ${index + 1}`
    case 'serviceControlPolicies':
      return `a service control policy of level ${index + 1}`
    case 'resourceControlPolicies':
      return `a resource control policy of level ${index + 1}`
    default:
      return index === 0 ? sourceNames[source] : `${sourceNames[source]} ${index + 1}`
  }
}

function nameCaller({ request: { caller } }: Judgment): string {
  if (caller.kind === 'anonymous') return 'anonymous callers'
  if (caller.kind === 'root') return `the root user of account ${caller.account}`
  if (caller.kind === 'service') return `the service ${caller.name}`
  return caller.name
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function sayDenied(judgment: Judgment, hit: Hit): string {
  return `${capitalize(nameStatement(hit))} denies ${judgment.request.action} to ${nameCaller(judgment)}.`
}

export function sayAllowed(judgment: Judgment, hit: Hit): string {
  const { request, sameAccount } = judgment
  const what = `${capitalize(nameStatement(hit))} allows ${request.action}`
  if (hit.source === 'identityPolicies') return `${what}.`
  if (hit.source !== 'keyPolicy') return `${what} to pass.`
  if (hit.naming === namedAccount)
    return `${what} to account ${request.caller.account}, whose IAM policies decide for its users and roles.`
  if (!sameAccount && request.caller.account !== '')
    return `${what} to ${nameCaller(judgment)}, of another account, where an IAM policy must allow it too.`
  if (hit.naming === namedRole)
    return `${what} to the role ${request.caller.roleName} by name, within its permissions boundary and session policy.`
  return `${what} to ${nameCaller(judgment)} directly.`
}

export function sayGranted(judgment: Judgment, { grant, as, naming }: GrantHit): string {
  const which = grant.Name ?? grant.GrantId
  const iam =
    naming === namedAccount
      ? `, through account ${judgment.request.caller.account}, whose IAM policies decide`
      : ''
  return (
    `A grant${which === undefined ? '' : ` (${which})`} allows ${judgment.request.action} to ` +
    `${nameCaller(judgment)} as ${as}${iam}.`
  )
}

export function sayGrantDepends(judgment: Judgment, hit: GrantHit): string {
  if (hit.open === 'session') {
    const who = hit.as === 'grantee' ? hit.grant.GranteePrincipal : hit.grant.RetiringPrincipal
    return `${sayGranted(judgment, hit).slice(0, -1)}, but only as the session ${clip(who ?? '')}.`
  }
  const constraints = clip(JSON.stringify(hit.grant.Constraints ?? {}))
  return (
    `${sayGranted(judgment, hit).slice(0, -1)}, if the request meets its constraints ` +
    `${constraints}; what the request has of that is not said.`
  )
}

/** Why what a grant gives is not certain. */
export function sayGrantUnknown(
  { request, limits }: Judgment,
  { grant, as, open, naming }: GrantHit,
): string {
  const which = grant.Name ?? grant.GrantId
  const name = `The grant${which === undefined ? '' : ` ${which}`}`
  const account = request.caller.account
  if (open === 'issuer') {
    if (as === 'account of the key')
      return (
        `${name} was issued by another account. Whether account ${account}, which owns the key, ` +
        `can give ${request.action} by IAM policies, AWS's documents leave open.`
      )
    return (
      `${name} does not say which account issued it. If that is account ${account}, its IAM ` +
      `policies allow ${request.action}.`
    )
  }
  if (naming === namedRole && limits !== unknown)
    return (
      `${name} gives ${request.action} to the role ${request.caller.roleName}, and its ` +
      `permissions boundary or session policy does not. Whether these limit a grant, AWS's documents do not say.`
    )
  return `${name} names ${request.caller.name}, and what else decides could not be read.`
}

/** A statement that holds for one session of the role, or for all but one. */
export function sayOneSession({ request }: Judgment, hit: Hit): string {
  const verb = hit.statement.allows ? 'allows' : 'denies'
  const negated = hit.statement.principal?.negated === true
  const which = negated
    ? 'except the sessions that its NotPrincipal lists'
    : 'only in the session that it names'
  return (
    `${capitalize(nameStatement(hit))} ${verb} ${request.action} to the role ${request.caller.roleName} ${which}; ` +
    `who assumes the role chooses the name of the session.`
  )
}

export function sayMissing(source: SourceName): string {
  const name = sourceNames[source]
  const what =
    source === 'grants'
      ? 'they allow'
      : name.endsWith('policies')
        ? 'they allow or deny'
        : 'it allows or denies'
  return `${capitalize(name)} could not be read, in whole or in part; what ${what} is not known.`
}

export function sayUnreadable({ request }: Judgment, hit: Hit): string {
  return `${capitalize(nameStatement(hit))} cannot be judged: ${whyUnknown(request, hit)}.`
}

function whyUnknown(request: Judgment['request'], { statement, open }: Hit): string {
  if (statement.source.unreadable !== null) return statement.source.unreadable
  if (open === 'notPrincipal') {
    const kind =
      request.caller.kind === 'session'
        ? 'the session, but not its role and account'
        : 'the principal, but not its account'
    return `its NotPrincipal lists ${kind}, and AWS says only that this "might" deny them too`
  }
  const condition = statement.conditions.find(
    (one) => judgeCondition(one, request.context) === unknown,
  )
  if (condition)
    return (
      `whether ${operatorText(condition.source.operator)} holds when the request does not have ` +
      `${condition.source.key}, AWS's documents leave open`
    )
  if (request.aliasOnly) return `whether it covers the key behind ${request.resource} is not known`
  if (judgeResource(statement, request) === unknown)
    return (
      'its Resource has fewer than six parts, and how far a * at the end of a ' +
      "part reaches over the colons, AWS's documents leave open"
    )
  return 'whether the principal has a permissions boundary, which decides about a NotPrincipal, is not known'
}

/** Names the condition that decides; null where a policy variable in the Resource does. */
export function sayOpenCondition(
  { request }: Judgment,
  hit: Hit,
  condition: PolicyCondition | null,
): string {
  const verb = hit.statement.allows ? 'allows' : 'denies'
  const start = `${capitalize(nameStatement(hit))} ${verb} ${request.action} only if`
  if (!condition)
    return `${start} its Resource matches, which depends on a policy variable that the request does not mention.`
  return `${start} ${sayCondition(condition)}; the request does not say.`
}

/** A statement that would allow, but for one condition. */
export function sayNearMiss({ request }: Judgment, hit: Hit, condition: PolicyCondition): string {
  const hidden = isHiddenFrom(condition.keyName, policyTypes[hit.source])
  const actual = hidden ? null : request.context.find(condition.keyName)
  const has = hidden
    ? `never shows ${condition.key} to this kind of policy`
    : actual
      ? `has ${clip(actual.map((value) => `"${value}"`).join(', '))}`
      : 'does not have it'
  return (
    `${capitalize(nameStatement(hit))} would allow ${request.action}, but not unless ` +
    `${sayCondition(condition)}; the request ${has}.`
  )
}

function sayCondition({ operator, key, values }: PolicyCondition): string {
  const list = clip(values.map(({ value }) => `"${value}"`).join(' or '))
  return `${operatorText(operator)} ${key} ${list}`
}

export function sayBarrier({ barrier, request }: Judgment): string {
  if (barrier === 'reserved')
    return (
      'Aliases that begin with alias/aws/ belong to AWS: nobody can create, change or delete one, whatever ' +
      'the policies allow.'
    )
  if (barrier === 'partition')
    return (
      `Principal and key are in different partitions (${request.caller.partition}, ` +
      `${request.partition}); no access crosses that border.`
    )
  return `${request.action} has no effect for a principal of another account, whatever the policies allow.`
}

/** What a source that had to allow does not say. */
export function saySilence(judgment: Judgment, source: SourceName): string {
  const { request, keyPolicy } = judgment
  const whom = nameCaller(judgment)
  const orAccount = request.caller.account === '' ? '' : ` or to account ${request.caller.account}`
  switch (source) {
    case 'keyPolicy':
      if (request.operation === 'retiregrant')
        return 'A key policy has no say in kms:RetireGrant: the grant decides who may retire it.'
      if (!keyPolicy.inForce) return 'There is no key policy to allow it.'
      return `No statement of the key policy allows ${request.action} to ${whom}${orAccount}.`
    case 'grants':
      return `No grant allows ${request.action} to ${whom}.`
    case 'identityPolicies':
      return `No identity policy allows ${request.action} on ${request.resource} to ${whom}.`
    case 'serviceControlPolicies':
    case 'resourceControlPolicies':
      return `At some level none of ${sourceNames[source]} allows ${request.action}.`
    default:
      return `${capitalize(sourceNames[source])} does not allow ${request.action}.`
  }
}

function clip(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
