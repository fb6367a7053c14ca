import 'server-only'
import { undecided } from '../../change-status'
import type { Permit } from '../../auth/permit'
import { sql } from '../../db/client'
import type { Approval, Change, Request } from '../../db/generated/client'
import { isHouseKind } from '../kinds/house'
import { otherKeyOf } from '../kinds/other-key'
import type { Conflict } from '../kinds/preflight'
import { findConflictsOf } from '../request/conflicts'
import {
  commonOwner,
  deciderOf,
  decidersOf,
  findDeactivated,
  findOwners,
  listWays,
  ownedKeysOf,
  type Asking,
  type Decider,
} from '../rules/deciders'
import { explainRefusals } from '../rules/refusal'
import {
  resolveRule,
  risks,
  type ApprovalRules,
  type EffectiveRule,
  type Risk,
} from '../rules/rule'
import { effectiveRuleSchema } from '../rules/schema'
import type { KeyLabel } from './key-labels'
import type { MayDecide } from './shapes'

type Permitted = Permit<'requests.read'>
export type Loaded = Change & { approvals: Approval[] }

type Around = { labels: ReadonlyMap<string, KeyLabel>; rules: ApprovalRules }

/** What was looked up of one change; `deciding` null: it was decided already. */
export type ChangeFound = {
  rule: EffectiveRule | null
  expectedRule: EffectiveRule
  deciding: { owner: string | null; deciders: Decider[]; decide: MayDecide } | null
  conflicts: Conflict[] | null
  /** Who was deactivated of those who decided about it. */
  left: ReadonlySet<string>
}

/**
 * Looks up what the changes of a request need, each thing once for all of them: their number makes
 * no more statements.
 */
export async function findFacts(
  permit: Permitted,
  request: Request,
  changes: readonly Loaded[],
  around: Around,
): Promise<ReadonlyMap<string, ChangeFound>> {
  const ruled = changes.map((change) => {
    const rule = change.rule === null ? null : effectiveRuleSchema.parse(change.rule)
    return { change, rule, expectedRule: rule ?? findExpectedRule(change, around) }
  })
  const asked = ruled.filter(({ change }) => undecided.includes(change.status))
  const [deciding, conflicts, left] = await Promise.all([
    findDeciding(permit, request, asked),
    findConflictsOf(asked.map(({ change }) => change)),
    findDeactivated(
      sql,
      asked.flatMap(({ change }) => change.approvals.map(({ personId }) => personId)),
    ),
  ])
  return new Map(
    ruled.map((one) => {
      const place = asked.indexOf(one)
      const { rule, expectedRule, change } = one
      const found = {
        rule,
        expectedRule,
        left,
        deciding: deciding[place] ?? null,
        conflicts: conflicts[place] ?? null,
      }
      return [change.id, found]
    }),
  )
}

/** A risk as it is stored; what is not known is taken for the worst. */
export const riskOf = (text: string): Risk => risks.find((risk) => risk === text) ?? 'critical'

/** What the rules of today ask of a change that was not sent yet. */
function findExpectedRule(change: Loaded, { labels, rules }: Around): EffectiveRule {
  const tagsOf = (keyArn: string) => labels.get(keyArn)?.tags ?? null
  const other = otherKeyOf(change)
  return resolveRule(rules, {
    kind: change.kind,
    risk: riskOf(change.risk),
    accountId: change.accountId,
    keyArn: change.keyArn,
    tags: change.keyArn === null ? {} : tagsOf(change.keyArn),
    also: other === null ? null : { keyArn: other, tags: tagsOf(other) },
  })
}

type Ruled = { change: Loaded; expectedRule: EffectiveRule }

/** The changes of a request are mostly asked of the same people, who are looked for once. */
async function findDeciding(
  permit: Permitted,
  { requesterId }: Request,
  asked: readonly Ruled[],
): Promise<NonNullable<ChangeFound['deciding']>[]> {
  const keys = asked.map(({ change, expectedRule }) => ownedKeysOf(expectedRule, change.keyArn))
  const owners = await findOwners(
    sql,
    keys.flat().flatMap((arn) => arn ?? []),
  )
  const questions = asked.map(({ change, expectedRule: rule }, place) => {
    // Only what was decided already makes one change different from another, and
    // who would get a role by it.
    const isLikeOthers = change.approvals.length === 0 && !isHouseKind(change.kind)
    const owner = commonOwner(keys[place] ?? [], owners)
    const { accountId } = change
    const changeId = isLikeOthers ? {} : { changeId: change.id }
    const asking: Asking = { requesterId, accountId, rule, owner, ...changeId }
    const isOpen = change.status === 'open'
    return { asking, isOpen, same: JSON.stringify([asking, isOpen]) }
  })
  const distinct = [...new Map(questions.map((one) => [one.same, one])).values()]
  const ways = await listWays(
    sql,
    distinct.map(({ asking }) => asking),
  )
  const answers = distinct.map(({ asking, isOpen, same }, place) => {
    const own = isOpen ? deciderOf(asking.rule, ways[place] ?? [], permit.actor.id) : null
    return { asking, isOpen, same, own, deciders: decidersOf(asking.rule, ways[place] ?? []) }
  })
  const refused = answers.filter(({ isOpen, own }) => isOpen && own === null)
  const whys = await explainRefusals(
    sql,
    { personId: permit.actor.id, requesterId },
    refused.map(({ asking }) => asking),
  )
  const byQuestion = new Map(
    answers.map((answer) => {
      const { own, deciders, asking } = answer
      const why = whys[refused.indexOf(answer)] ?? ''
      const decide: MayDecide = own
        ? { may: true, delegateOf: own.delegateOf?.name ?? null, asOwner: own.isOwner }
        : { may: false, why }
      return [answer.same, { owner: asking.owner, deciders, decide }]
    }),
  )
  return questions.flatMap(({ same }) => byQuestion.get(same) ?? [])
}
