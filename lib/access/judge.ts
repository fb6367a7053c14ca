import { decide, evaluate } from '../policy/evaluate'
import type { Answer } from '../policy/answer'
import type { Case } from '../policy/case'
import type { ContextValue } from '../policy/context'
import { abilitiesOf, type Ability } from './abilities'
import { parsedPolicy } from './parsed'
import type { KeyFacts } from './key-facts'
import type { PrincipalFacts } from './principal-facts'

/**
 * * yes; conditional: the request's own circumstances decide; delegated: the key trusts the
 * principal's account, and policies there that we do not see decide; unknown: something that we may
 * not read decides; no.
 */
export type Cell = 'yes' | 'conditional' | 'delegated' | 'unknown' | 'no'

const rank: Record<Cell, number> = { yes: 4, delegated: 3, conditional: 2, unknown: 1, no: 0 }

export type Extra = { context?: Readonly<Record<string, ContextValue>>; complete?: boolean }

/**
 * Returns the question as the evaluator takes it. Only what we know of the request is said; the
 * rest is left open.
 */
export function caseOf(
  key: KeyFacts,
  principal: PrincipalFacts,
  action: string,
  { context = {}, complete = false }: Extra = {},
): Case {
  return {
    request: {
      principal: principal.id,
      action,
      resource: key.arn,
      context: {
        ...key.context,
        ...trailingDays(key, action),
        ...principal.context,
        ...(complete ? principal.overridable : {}),
        ...context,
      },
    },
    contextComplete: complete,
    keyPolicy: key.policy,
    identityPolicies: principal.identityPolicies,
    permissionBoundaries: principal.permissionBoundaries,
    serviceControlPolicies: principal.serviceControlPolicies,
    resourceControlPolicies: key.resourceControlPolicies,
    grants: key.grants,
  }
}

/**
 * Returns the condition key for the two actions that bring it; for others it is certainly absent.
 */
function trailingDays(
  { trailingDaysWithoutUsage: days }: KeyFacts,
  action: string,
): Record<string, ContextValue> {
  if (!/^kms:(?:DisableKey|ScheduleKeyDeletion)$/i.test(action)) return noTrailingDays
  return days === undefined ? {} : { 'kms:TrailingDaysWithoutKeyUsage': days }
}
const noTrailingDays = { 'kms:TrailingDaysWithoutKeyUsage': null }

/**
 * What AWS lets nobody do to the keys it manages, whatever their policies say (lib/kms/README.md,
 * "Who manages a key").
 */
const refusedOnManaged =
  /^kms:(?:(?:Put|Enable|Disable|Schedule|Cancel|Tag|Untag|Update|Import|Delete|Replicate|Rotate)\w*|GetParametersForImport)$/i
const isRefused = ({ keyManager }: KeyFacts, action: string) =>
  keyManager === 'AWS' && refusedOnManaged.test(action)

/** Judges one action. A deleted principal can do nothing any more, whatever a policy says of it. */
export function judgeAction(
  key: KeyFacts,
  principal: PrincipalFacts,
  action: string,
  extra?: Extra,
): Cell {
  if (principal.kind === 'deleted' || principal.kind === 'other') return 'no'
  if (isRefused(key, action)) return 'no'
  const given = caseOf(key, principal, action, extra)
  const { result } = decide(given)
  // Of an account that we do not see, everything else being known: its own policies decide.
  if (result === 'unknown' && isUnseen(key, principal))
    return toCellOfUnseen(decide({ ...given, ...willing }).result)
  return toCell(principal, result)
}

const isUnseen = (key: KeyFacts, { accountId, connected }: PrincipalFacts) =>
  !connected && accountId !== null && accountId !== key.accountId
/** An account that lets its principal do everything. */
const willing = {
  identityPolicies: [
    parsedPolicy(
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
      'identity',
    ),
  ],
  permissionBoundaries: undefined,
  serviceControlPolicies: undefined,
}
const toCellOfUnseen = (result: Answer['result']): Cell =>
  result === 'allow' ? 'delegated' : cells[result]

const cells = {
  allow: 'yes',
  depends: 'conditional',
  unknown: 'unknown',
  deny: 'no',
} as const satisfies Record<Answer['result'], Cell>

/**
 * Returns the cell of a result. An account itself asks nothing: what the key allows it, its
 * administrators can delegate.
 */
function toCell(principal: PrincipalFacts, result: Answer['result']): Cell {
  return principal.kind === 'account' && result === 'allow' ? 'delegated' : cells[result]
}

/** Judges an ability: the best answer among its actions, since having one of them is having it. */
export function judgeAbility(
  key: KeyFacts,
  principal: PrincipalFacts,
  ability: Ability,
  extra?: Extra,
): Cell {
  let best: Cell = 'no'
  for (const action of ability.actions) {
    const cell = judgeAction(key, principal, action, extra)
    if (rank[cell] > rank[best]) best = cell
    if (best === 'yes') break
  }
  return best
}

/**
 * Judges what IAM of the principal's account could let it do, whatever it says today. Its
 * administrators cannot change an SCP.
 */
export function judgeIfWilling(key: KeyFacts, principal: PrincipalFacts, ability: Ability): Cell {
  const { identityPolicies, permissionBoundaries } = willing
  return judgeAbility(key, { ...principal, identityPolicies, permissionBoundaries }, ability)
}

/**
 * Judges a principal against everything that can be done with this key; null where it can do
 * nothing.
 */
export function judgePrincipal(
  key: KeyFacts,
  principal: PrincipalFacts,
): Readonly<Record<string, Cell>> | null {
  const found = Object.fromEntries(
    abilitiesOf(key.keyUsage).map((ability) => [ability.id, judgeAbility(key, principal, ability)]),
  )
  const canNothing = Object.values(found).every((cell) => cell === 'no')
  return canNothing && principal.kind !== 'deleted' ? null : found
}

/** Explains one action: the answer with its path. */
export function explainAction(
  key: KeyFacts,
  principal: PrincipalFacts,
  action: string,
  extra?: Extra,
): Answer {
  if (isRefused(key, action))
    return refuse(`${key.arn} is an AWS managed key: AWS lets nobody call ${action} on it.`)
  if (principal.kind === 'deleted')
    return refuse(
      `${principal.id} is the unique id of a user or role that was deleted: nobody can act as it any more.`,
    )
  return evaluate(caseOf(key, principal, action, extra))
}

const refuse = (text: string): Answer => ({
  result: 'deny',
  explicitDeny: false,
  because: [{ source: 'keyPolicy', index: 0, sid: null, effect: null, path: '', text }],
})
