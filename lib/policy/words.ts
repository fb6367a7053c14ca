import type { PolicyCondition } from './document'
import type { GrantHit } from './grants'
import type { Judgment } from './judge'
import { operatorText } from './operators'
import { namedAccount, namedRole } from './principal'
import type { Hit, SourceName } from './scan'

const sourceNames: Readonly<Record<SourceName, string>> = {
  keyPolicy: 'the key policy', identityPolicies: 'the identity policies', permissionBoundaries: 'the permissions boundary',
  sessionPolicies: 'the session policy', serviceControlPolicies: 'the service control policies',
  resourceControlPolicies: 'the resource control policies', vpcEndpointPolicies: 'the VPC endpoint policy', grants: 'the grants',
}

/** `statement 2 ("Allow use of the key") of the key policy`, `statement 1 of identity policy 2` */
function nameStatement({ source, index, statement }: Hit): string {
  const sid = statement.source.sid?.value
  return `statement ${statement.source.index + 1}${sid ? ` ("${sid}")` : ''} of ${namePolicy(source, index)}`
}

function namePolicy(source: SourceName, index: number): string {
  switch (source) {
    case 'identityPolicies': return `identity policy ${index + 1}`
    case 'serviceControlPolicies': return `a service control policy of level ${index + 1}`
    case 'resourceControlPolicies': return `a resource control policy of level ${index + 1}`
    default: return index === 0 ? sourceNames[source] : `${sourceNames[source]} ${index + 1}`
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
  if (hit.naming === namedAccount) return `${what} to account ${request.caller.account}, whose IAM policies decide for its users and roles.`
  if (!sameAccount && request.caller.account !== '')
    return `${what} to ${nameCaller(judgment)}, of another account, where an IAM policy must allow it too.`
  if (hit.naming === namedRole)
    return `${what} to the role ${request.caller.roleName} by name, within its permissions boundary and session policy.`
  return `${what} to ${nameCaller(judgment)} directly.`
}

export function sayGranted(judgment: Judgment, { grant, as, naming }: GrantHit): string {
  const which = grant.Name ?? grant.GrantId
  const iam = naming === namedAccount ? `, through account ${judgment.request.caller.account}, whose IAM policies decide` : ''
  return `A grant${which === undefined ? '' : ` (${which})`} allows ${judgment.request.action} to ${nameCaller(judgment)} as ${as}${iam}.`
}

export function sayGrantDepends(judgment: Judgment, hit: GrantHit): string {
  const constraints = clip(JSON.stringify(hit.grant.Constraints ?? {}))
  return `${sayGranted(judgment, hit).slice(0, -1)}, if the request meets its constraints ${constraints}; what the request has of that is not said.`
}

export function sayMissing(source: SourceName): string {
  const name = sourceNames[source]
  const what = source === 'grants' ? 'they allow' : name.endsWith('policies') ? 'they allow or deny' : 'it allows or denies'
  return `${capitalize(name)} could not be read, in whole or in part; what ${what} is not known.`
}

export function sayUnreadable({ request }: Judgment, hit: Hit): string {
  const why = hit.statement.source.unreadable ?? `whether it covers the key behind ${request.resource} is not known`
  return `${capitalize(nameStatement(hit))} cannot be judged: ${why}.`
}

/** Names the condition that decides; null where a policy variable in the Resource does. */
export function sayOpenCondition({ request }: Judgment, hit: Hit, condition: PolicyCondition | null): string {
  const verb = hit.statement.allows ? 'allows' : 'denies'
  const start = `${capitalize(nameStatement(hit))} ${verb} ${request.action} only if`
  if (!condition) return `${start} its Resource matches, which depends on a policy variable that the request does not mention.`
  return `${start} ${sayCondition(condition)}; the request does not say.`
}

/** A statement that would allow, but for one condition. */
export function sayNearMiss({ request }: Judgment, hit: Hit, condition: PolicyCondition): string {
  const actual = request.context.find(condition.keyName)
  const has = actual ? `has ${clip(actual.map((value) => `"${value}"`).join(', '))}` : 'does not have it'
  return `${capitalize(nameStatement(hit))} would allow ${request.action}, but not unless ${sayCondition(condition)}; the request ${has}.`
}

function sayCondition({ operator, key, values }: PolicyCondition): string {
  const list = clip(values.map(({ value }) => `"${value}"`).join(' or '))
  return `${operatorText(operator)} ${key} ${list}`
}

export function sayBarrier({ barrier, request }: Judgment): string {
  if (barrier === 'partition')
    return `Principal and key are in different partitions (${request.caller.partition}, ${request.partition}); no access crosses that border.`
  return `${request.action} has no effect for a principal of another account, whatever the policies allow.`
}

/** What a source that had to allow does not say. */
export function saySilence(judgment: Judgment, source: SourceName): string {
  const { request, keyPolicy } = judgment
  const whom = nameCaller(judgment)
  const orAccount = request.caller.account === '' ? '' : ` or to account ${request.caller.account}`
  switch (source) {
    case 'keyPolicy':
      if (request.operation === 'retiregrant') return 'A key policy has no say in kms:RetireGrant: the grant decides who may retire it.'
      if (!keyPolicy.inForce) return 'There is no key policy to allow it.'
      return `No statement of the key policy allows ${request.action} to ${whom}${orAccount}.`
    case 'grants': return `No grant allows ${request.action} to ${whom}.`
    case 'identityPolicies': return `No identity policy allows ${request.action} on ${request.resource} to ${whom}.`
    case 'serviceControlPolicies':
    case 'resourceControlPolicies': return `At some level none of ${sourceNames[source]} allows ${request.action}.`
    default: return `${capitalize(sourceNames[source])} does not allow ${request.action}.`
  }
}

function clip(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
