import type { Caller } from './caller'
import type { PolicyList } from './case'
import { statementsFor, type CompiledPolicy, type CompiledStatement } from './compile'
import {
  isIncompleteException,
  matchPrincipal,
  namedAccount,
  namedDirectly,
  namedRole,
  namesSession,
  notNamed,
  type Naming,
} from './principal'
import type { PolicyRequest } from './request'
import { judgeStatement } from './statement'
import { and, maybe, no, or, unknown, yes, type Verdict } from './verdict'

export type SourceName =
  | 'keyPolicy'
  | 'identityPolicies'
  | 'permissionBoundaries'
  | 'sessionPolicies'
  | 'serviceControlPolicies'
  | 'resourceControlPolicies'
  | 'vpcEndpointPolicies'
  | 'grants'

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
  /** Why it is not certain that the statement is about the caller; null where it is. */
  open: OpenReach
}

/**
 * session: it names one session of the role that is asked about, so for calls of that session it
 * holds. notPrincipal: whether its exception spares the caller, AWS's documents leave open.
 */
type OpenReach = 'session' | 'notPrincipal' | null

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
 * Of whom resource-based statements are asked; null where statements bind the one they are attached
 * to. bounded: whether the caller has a permissions boundary; users and roles that have one are
 * never spared by a Deny with NotPrincipal (IAM, "NotPrincipal").
 */
export type Reach = { caller: Caller; bounded: Verdict } | null

interface Reached {
  naming: Naming
  verdict: Verdict
  open: OpenReach
}

function plainly(naming: Naming): readonly Reached[] {
  return [{ naming, verdict: yes, open: null }]
}

// Asked for every statement and caller: made once.
const certain = {
  [notNamed]: [] as readonly Reached[],
  [namedAccount]: plainly(namedAccount),
  [namedRole]: plainly(namedRole),
  [namedDirectly]: plainly(namedDirectly),
}
const oneSession: Reached = { naming: namedDirectly, verdict: maybe, open: 'session' }

/**
 * The ways in which a statement is about the caller: none, one, or as itself
 * and as one of its sessions.
 */
function reachesOf(statement: CompiledStatement, reach: Reach): readonly Reached[] {
  const { principal } = statement
  // Of a statement that cannot be read neither whom it names nor what it does is known.
  if (!reach || !principal || statement.source.unreadable !== null) return certain[namedDirectly]
  const { caller, bounded } = reach
  const naming = matchPrincipal(principal, caller)
  if (principal.negated) {
    if (naming !== notNamed) {
      if (!namesSession(principal, caller)) return certain[naming]
      return statement.allows || bounded === no
        ? [oneSession]
        : [{ ...oneSession, verdict: or(bounded, maybe) }]
    }
    if (statement.allows) return certain[notNamed]
    const left = bounded !== yes && isIncompleteException(principal, caller)
    const verdict = or(bounded, left ? unknown : no)
    return verdict === no
      ? certain[notNamed]
      : [{ naming: namedDirectly, verdict, open: left ? 'notPrincipal' : null }]
  }
  if (naming === namedDirectly || !namesSession(principal, caller)) return certain[naming]
  return [...certain[naming], oneSession]
}

interface Said {
  allow: Verdict
  deny: Verdict
}
interface Place {
  source: SourceName
  index: number
  prefix: string
}

/** Statements of one policy that match, each with its verdict. */
export function scanPolicy(
  policy: CompiledPolicy,
  request: PolicyRequest,
  place: Place,
  reach: Reach,
  hits: Hit[],
): Said {
  let [allow, deny]: [Verdict, Verdict] = [no, no]
  for (const statement of statementsFor(policy, request.actionName)) {
    const ways = reachesOf(statement, reach)
    if (ways.length === 0) continue
    const said = judgeStatement(statement, request)
    if (said === no) continue
    const mightAllow =
      statement.allows || (statement.source.unreadable !== null && statement.source.effect === null)
    for (const { naming, verdict: reached, open } of ways) {
      const verdict = and(reached, said)
      if (mightAllow) allow = or(allow, verdict)
      if (!statement.allows) deny = or(deny, verdict)
      hits.push({
        source: place.source,
        index: place.index,
        prefix: place.prefix,
        statement,
        verdict,
        naming,
        open,
      })
    }
  }
  return { allow, deny }
}

/** A list of which one must allow, or all. */
export function scanList(
  source: SourceName,
  list: PolicyList | null | undefined,
  request: PolicyRequest,
  rule: 'one' | 'all',
  reach: Reach = null,
): Finding {
  if (list === undefined) return notInForce(source)
  if (list === null) return notKnown(source)
  const hits: Hit[] = []
  const { allow, deny } = scanPolicies(source, list, request, rule, reach, hits, null)
  return { source, inForce: true, missing: list.includes(null), allow, deny, hits }
}

function scanPolicies(
  source: SourceName,
  list: PolicyList,
  request: PolicyRequest,
  rule: 'one' | 'all',
  reach: Reach,
  hits: Hit[],
  level: number | null,
): Said {
  let allow: Verdict = rule === 'all' && list.length > 0 ? yes : no
  let deny: Verdict = no
  for (const [index, policy] of list.entries()) {
    const place =
      level === null
        ? { source, index, prefix: '' }
        : { source, index: level, prefix: `[${index}].` }
    const said: Said = policy
      ? scanPolicy(policy, request, place, reach, hits)
      : { allow: unknown, deny: unknown }
    allow = rule === 'all' ? and(allow, said.allow) : or(allow, said.allow)
    deny = or(deny, said.deny)
  }
  return { allow, deny }
}

/** Control policies: one of each level must allow. */
export function scanLevels(
  source: SourceName,
  levels: readonly (PolicyList | null)[] | null | undefined,
  request: PolicyRequest,
  reach: Reach,
): Finding {
  if (levels === undefined) return notInForce(source)
  if (levels === null) return notKnown(source)
  const hits: Hit[] = []
  let allow: Verdict = levels.length > 0 ? yes : no
  let deny: Verdict = no
  for (const [index, level] of levels.entries()) {
    const said: Said = level
      ? scanPolicies(source, level, request, 'one', reach, hits, index)
      : { allow: unknown, deny: unknown }
    allow = and(allow, said.allow)
    deny = or(deny, said.deny)
  }
  return {
    source,
    inForce: true,
    missing: levels.some((level) => level === null || level.includes(null)),
    allow,
    deny,
    hits,
  }
}
