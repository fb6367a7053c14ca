import type { Caller } from './caller'
import type { PolicyList } from './case'
import { statementsFor, type CompiledPolicy, type CompiledStatement } from './compile'
import { matchPrincipal, namedDirectly, notNamed, type Naming } from './principal'
import type { PolicyRequest } from './request'
import { judgeStatement } from './statement'
import { and, no, or, unknown, yes, type Verdict } from './verdict'

export type SourceName =
  | 'keyPolicy' | 'identityPolicies' | 'permissionBoundaries' | 'sessionPolicies' | 'serviceControlPolicies'
  | 'resourceControlPolicies' | 'vpcEndpointPolicies' | 'grants'

/** A statement that speaks of the request, or might. */
export interface Hit {
  source: SourceName
  index: number
  /** Policy within its level, for control policies: `[2].`. */
  prefix: string
  statement: CompiledStatement
  verdict: Verdict
  /** How a resource-based statement names the caller. */
  naming: Naming
}

/** What one kind of policy says of a request. */
export interface Finding {
  source: SourceName
  inForce: boolean
  /** The input, or one of its policies, is not known. */
  missing: boolean
  allow: Verdict
  deny: Verdict
  hits: readonly Hit[]
}

/** `allow`: yes for what limits, no for what gives. */
export function notInForce(source: SourceName, allow: Verdict = yes): Finding {
  return { source, inForce: false, missing: false, allow, deny: no, hits: [] }
}

export function notKnown(source: SourceName): Finding {
  return { source, inForce: true, missing: true, allow: unknown, deny: unknown, hits: [] }
}

/**
 * Of whom resource-based statements are asked; null where statements bind the one they are attached to. bounded: whether the
 * caller has a permissions boundary; users and roles that have one are never spared by a Deny with NotPrincipal (IAM,
 * "NotPrincipal").
 */
export type Reach = { caller: Caller, bounded: Verdict } | null

interface Said { allow: Verdict, deny: Verdict }
interface Place { source: SourceName, index: number, prefix: string }

/** Statements of one policy that match, each with its verdict. */
export function scanPolicy(policy: CompiledPolicy, request: PolicyRequest, place: Place, reach: Reach, hits: Hit[]): Said {
  let [allow, deny]: [Verdict, Verdict] = [no, no]
  for (const statement of statementsFor(policy, request.actionName)) {
    // Of a statement that cannot be read neither whom it names nor what it does is known.
    const unreadable = statement.source.unreadable !== null
    let naming: Naming = namedDirectly
    let reached: Verdict = yes
    if (reach && statement.principal && !unreadable) {
      naming = matchPrincipal(statement.principal, reach.caller)
      if (naming === notNamed) {
        if (statement.allows || !statement.principal.negated || reach.bounded === no) continue
        reached = reach.bounded
      }
    }
    const verdict = and(reached, judgeStatement(statement, request))
    if (verdict === no) continue
    if (statement.allows || (unreadable && statement.source.effect === null)) allow = or(allow, verdict)
    if (!statement.allows) deny = or(deny, verdict)
    hits.push({ source: place.source, index: place.index, prefix: place.prefix, statement, verdict, naming })
  }
  return { allow, deny }
}

/** A list of which one must allow, or all. */
export function scanList(
  source: SourceName, list: PolicyList | null | undefined, request: PolicyRequest, rule: 'one' | 'all', reach: Reach = null,
): Finding {
  if (list === undefined) return notInForce(source)
  if (list === null) return notKnown(source)
  const hits: Hit[] = []
  const { allow, deny } = scanPolicies(source, list, request, rule, reach, hits, null)
  return { source, inForce: true, missing: list.includes(null), allow, deny, hits }
}

function scanPolicies(
  source: SourceName, list: PolicyList, request: PolicyRequest, rule: 'one' | 'all', reach: Reach, hits: Hit[], level: number | null,
): Said {
  let allow: Verdict = rule === 'all' && list.length > 0 ? yes : no
  let deny: Verdict = no
  for (const [index, policy] of list.entries()) {
    const place = level === null ? { source, index, prefix: '' } : { source, index: level, prefix: `[${index}].` }
    const said: Said = policy ? scanPolicy(policy, request, place, reach, hits) : { allow: unknown, deny: unknown }
    allow = rule === 'all' ? and(allow, said.allow) : or(allow, said.allow)
    deny = or(deny, said.deny)
  }
  return { allow, deny }
}

/** Control policies: one of each level must allow. */
export function scanLevels(
  source: SourceName, levels: readonly (PolicyList | null)[] | null | undefined, request: PolicyRequest, reach: Reach,
): Finding {
  if (levels === undefined) return notInForce(source)
  if (levels === null) return notKnown(source)
  const hits: Hit[] = []
  let allow: Verdict = levels.length > 0 ? yes : no
  let deny: Verdict = no
  for (const [index, level] of levels.entries()) {
    const said: Said = level ? scanPolicies(source, level, request, 'one', reach, hits, index) : { allow: unknown, deny: unknown }
    allow = and(allow, said.allow)
    deny = or(deny, said.deny)
  }
  return { source, inForce: true, missing: levels.some((level) => level === null || level.includes(null)), allow, deny, hits }
}
