import type { Because } from '../policy/answer'
import type { Case } from '../policy/case'
import type { ContextValue } from '../policy/context'
import { evaluate, type Result } from '../policy/evaluate'
import { factsOfPrincipal, type Sources } from './gather'
import { caseOf } from './judge'
import type { KeyFacts } from './key-facts'
import { splitArn } from '../kms/arn'

/** A call to AWS that will be made. `resource`: the ARN of a key or alias, or `*`. */
export type AskedCall = {
  action: string
  resource: string
  context?: Readonly<Record<string, ContextValue>>
}

/** The session it will be made with, as AssumeRole makes it. */
export type RoleSession = {
  roleArn: string
  sessionName: string
  sourceIdentity: string
  /** Session policy, JSON. */
  policy: string
}

export type CallAnswer = { result: Result; reasons: string[] }

/**
 * Answers whether AWS will let a session make a call. A deny is certain: what we have not read, and
 * conditions on what we do not say, make it unknown or depends. `key`: the key the call is about,
 * undefined for a call about none. Pure.
 */
export function judgeCall(
  sources: Sources,
  session: RoleSession,
  call: AskedCall,
  key: KeyFacts | undefined,
): CallAnswer {
  const { result, because } = evaluate(caseOfCall(sources, session, call, key))
  return { result, reasons: [...new Set(because.map(sayReason))] }
}

function caseOfCall(
  sources: Sources,
  session: RoleSession,
  call: AskedCall,
  key: KeyFacts | undefined,
): Case {
  const { id, accountId } = principalOf(session)
  const principal = factsOfPrincipal(sources, id, accountId)
  const context = {
    // The ARN of a session lacks its role's path.
    'aws:PrincipalArn': session.roleArn,
    'aws:SourceIdentity': session.sourceIdentity,
    'kms:ViaService': null,
    ...call.context,
  }
  const sessionPolicies = [session.policy]
  if (key) return { ...caseOf(key, principal, call.action, { context }), sessionPolicies }
  const { identityPolicies, permissionBoundaries, serviceControlPolicies } = principal
  return {
    request: {
      principal: id,
      action: call.action,
      resource: call.resource,
      context: { ...principal.context, ...context },
    },
    contextComplete: false,
    identityPolicies,
    permissionBoundaries,
    serviceControlPolicies,
    sessionPolicies,
  }
}

function principalOf({ roleArn, sessionName }: RoleSession): { id: string; accountId: string } {
  const [, partition = '', , , accountId = '', path = ''] = splitArn(roleArn)
  const role = path.split('/').at(-1) ?? ''
  return { accountId, id: `arn:${partition}:sts::${accountId}:assumed-role/${role}/${sessionName}` }
}

/**
 * The organization's statements are not everybody's to read: of them only the kind of policy is
 * said.
 */
function sayReason({ source, effect, text }: Because): string {
  if (source !== 'serviceControlPolicies' && source !== 'resourceControlPolicies') return text
  const name =
    source === 'serviceControlPolicies' ? 'service control policy' : 'resource control policy'
  return effect === 'Deny'
    ? `A ${name} of the organization denies it.`
    : `A ${name} of the organization decides: ${levelOf(text)}`
}

/** A sentence about a level as a whole quotes no statement. */
const levelOf = (text: string): string =>
  /^(?:At some level|The (?:service|resource) control)/.test(text) ? text : 'a condition.'
