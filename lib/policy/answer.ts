import { judgeConditions } from './conditions'
import { weighGrant } from './judge'
import type { GrantHit } from './grants'
import { isAccountIdentity } from './caller'
import { weighNaming, type Judgment } from './judge'
import { namedAccount, type Naming } from './principal'
import { findNearMisses } from './near-miss'
import type { Finding, Hit, SourceName } from './scan'
import { and, maybe, no, unknown, yes, type Verdict } from './verdict'
import {
  sayAllowed,
  sayBarrier,
  sayDenied,
  sayGrantDepends,
  sayGranted,
  sayGrantUnknown,
  sayMissing,
  sayNearMiss,
  sayOneSession,
  sayOpenCondition,
  saySilence,
  sayUnreadable,
} from './words'

export interface Because {
  source: SourceName
  /** Of the policy, the grant, or the level of control policies. */
  index: number
  sid: string | null
  /** null: the source says nothing, or is not known. */
  effect: 'Allow' | 'Deny' | null
  /**
   * Statement, or the condition that decides:
   * `Statement[1]`; within a level of control policies `[0].Statement[1]`.
   */
  path: string
  text: string
}

export interface Answer {
  result: 'allow' | 'deny' | 'depends' | 'unknown'
  explicitDeny: boolean
  because: Because[]
}

export function answer(judgment: Judgment): Answer {
  const { verdict, explicitDeny } = judgment
  if (explicitDeny) return { result: 'deny', explicitDeny, because: listDenies(judgment) }
  if (verdict === yes) return { result: 'allow', explicitDeny, because: listAllows(judgment) }
  if (verdict === no) return { result: 'deny', explicitDeny, because: listSilences(judgment) }
  const because = verdict === unknown ? listUnknowns(judgment) : []
  return {
    result: verdict === unknown ? 'unknown' : 'depends',
    explicitDeny,
    because: [...because, ...listOpen(judgment)],
  }
}

function findingsOf(judgment: Judgment): Finding[] {
  const { keyPolicy, identity, boundaries, sessions, scps, rcps, endpoints } = judgment
  return [keyPolicy, identity, boundaries, sessions, scps, rcps, endpoints]
}

function fromHit(hit: Hit, text: string, path = hit.statement.source.path): Because {
  const { sid, effect } = hit.statement.source
  return {
    source: hit.source,
    index: hit.index,
    sid: sid?.value ?? null,
    effect: effect?.value ?? null,
    path: `${hit.prefix}${path}`,
    text,
  }
}

function fromGrant({ index, grant }: GrantHit, text: string): Because {
  return {
    source: 'grants',
    index,
    sid: grant.Name ?? grant.GrantId ?? null,
    effect: 'Allow',
    path: `[${index}]`,
    text,
  }
}

function silent(source: SourceName, text: string): Because {
  return { source, index: 0, sid: null, effect: null, path: '', text }
}

function listDenies(judgment: Judgment): Because[] {
  return findingsOf(judgment).flatMap(({ hits }) =>
    hits
      .filter(
        ({ statement, verdict }) =>
          !statement.allows && statement.source.effect !== null && verdict === yes,
      )
      .map((hit) => fromHit(hit, sayDenied(judgment, hit))),
  )
}

/**
 * What allows, and the guardrails that let it pass. A key policy's trust in the account
 * counts only where IAM uses it.
 */
function listAllows(judgment: Judgment): Because[] {
  const { request, sameAccount, limits, identityPath, keyPolicy, identity } = judgment
  const foreign = !sameAccount && isAccountIdentity(request.caller)
  const certain = (hit: Hit): boolean => hit.statement.allows && hit.verdict === yes
  const counts = ({ verdict, naming }: { verdict: Verdict; naming: Naming }): boolean =>
    verdict === yes && weighNaming(naming, limits, identityPath) === yes
  const named = keyPolicy.hits.filter(
    (hit) => certain(hit) && (foreign ? identityPath === yes : counts(hit)),
  )
  const grants = judgment.grants.hits.filter(
    ({ verdict, naming }) => verdict === yes && weighGrant(naming, limits, identityPath) === yes,
  )
  const usesIam =
    identityPath === yes &&
    (request.iamOnly ||
      (foreign && named.length > 0) ||
      [...named, ...grants].some(({ naming }) => naming === namedAccount))
  const others = findingsOf(judgment).filter(
    (finding) => finding !== keyPolicy && (finding !== identity || usesIam),
  )
  return [
    ...[...named, ...others.flatMap(({ hits }) => hits.filter(certain))].map((hit) =>
      fromHit(hit, sayAllowed(judgment, hit)),
    ),
    ...grants.map((hit) => fromGrant(hit, sayGranted(judgment, hit))),
  ]
}

/**
 * Every part that had to allow and did not, and in it the statements that would
 * have, but for a condition.
 */
function listSilences(judgment: Judgment): Because[] {
  if (judgment.barrier !== null) return [silent('keyPolicy', sayBarrier(judgment))]
  const because: Because[] = []
  const addSilent = (source: SourceName): void => {
    because.push(silent(source, saySilence(judgment, source)))
    because.push(
      ...findNearMisses(judgment, source).map(({ hit, condition }) =>
        fromHit(hit, sayNearMiss(judgment, hit, condition), condition.path),
      ),
    )
  }
  for (const { source, allow } of [judgment.scps, judgment.rcps, judgment.endpoints])
    if (allow === no) addSilent(source)
  const { keyPolicy, identity, boundaries, sessions, request } = judgment
  const { kind } = request.caller
  if (!request.iamOnly) {
    const named = keyPolicy.hits.filter((hit) => hit.statement.allows)
    because.push(...named.map((hit) => fromHit(hit, sayAllowed(judgment, hit))))
    if (named.length === 0) addSilent('keyPolicy')
    because.push(...judgment.grants.hits.map((hit) => fromGrant(hit, sayGranted(judgment, hit))))
    if (judgment.grants.hits.length === 0 && !judgment.grants.missing) addSilent('grants')
  }
  const isIam = kind === 'user' || kind === 'role' || kind === 'session' || kind === 'federated'
  if (isIam && identity.allow === no) addSilent('identityPolicies')
  for (const { source, allow } of [boundaries, sessions]) if (allow === no) addSilent(source)
  return because
}

/** Inputs that are not known, and statements that cannot be read. */
function listUnknowns(judgment: Judgment): Because[] {
  const because: Because[] = []
  for (const finding of findingsOf(judgment)) {
    if (finding.missing) because.push(silent(finding.source, sayMissing(finding.source)))
    for (const hit of finding.hits)
      if (hit.verdict === unknown) because.push(fromHit(hit, sayUnreadable(judgment, hit)))
  }
  const { limits, identityPath, grants } = judgment
  for (const hit of grants.hits) {
    const isUnknown = and(hit.verdict, weighGrant(hit.naming, limits, identityPath)) === unknown
    if (isUnknown) because.push(fromGrant(hit, sayGrantUnknown(judgment, hit)))
  }
  if (grants.missing) because.push(silent('grants', sayMissing('grants')))
  return because
}

/**
 * The conditions, and constraints of grants, on keys that the request does not mention; and
 * the sessions that are named.
 */
function listOpen(judgment: Judgment): Because[] {
  const { context } = judgment.request
  const isOpen = (verdict: Verdict): boolean => verdict === maybe
  const because = findingsOf(judgment).flatMap(({ hits }) =>
    hits
      .filter(({ verdict }) => isOpen(verdict))
      .flatMap((hit) => {
        const session = hit.open === 'session' ? [fromHit(hit, sayOneSession(judgment, hit))] : []
        const open = hit.statement.conditions.filter(
          (condition) => judgeConditions([condition], context) === maybe,
        )
        if (session.length > 0 && open.length === 0) return session
        if (open.length === 0) return [fromHit(hit, sayOpenCondition(judgment, hit, null))]
        return [
          ...session,
          ...open.map((condition) =>
            fromHit(hit, sayOpenCondition(judgment, hit, condition.source), condition.source.path),
          ),
        ]
      }),
  )
  return [
    ...because,
    ...judgment.grants.hits
      .filter(({ verdict }) => isOpen(verdict))
      .map((hit) => fromGrant(hit, sayGrantDepends(judgment, hit))),
  ]
}
