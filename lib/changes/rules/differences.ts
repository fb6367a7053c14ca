import { roleNames } from '../../auth/role-names'
import { nameBusinessHours } from './hours'
import { nameHours, type ApprovalRules, type Rule } from './rule'

type Names = { kind?(name: string): string; account?(id: string): string }

const commentWords = {
  none: 'no comment needed',
  reject: 'comment with a rejection',
  both: 'comment with every decision',
}

/** Says what a rule is about, in a line. */
export function describeWhen(
  { kinds = [], risks = [], accountIds = [], keyArns = [], tags = [] }: Rule['when'],
  names: Names = {},
): string {
  const parts = [
    kinds.map((kind) => names.kind?.(kind) ?? kind).join(', '),
    risks.length > 0 ? `risk ${risks.join(' or ')}` : '',
    accountIds.length > 0
      ? `in ${accountIds.map((id) => names.account?.(id) ?? id).join(', ')}`
      : '',
    keyArns.length > 0 ? `key ${keyArns.join(', ')}` : '',
    tags.length > 0
      ? `tagged ${tags.map(({ key, value }) => (value === undefined ? key : `${key}=${value}`)).join(' or ')}`
      : '',
  ].filter(Boolean)
  return parts.length === 0 ? 'every change' : parts.join('; ')
}

/** Says what a rule asks for besides the number of approvals. */
export function describeDemands({
  roles,
  ownerMust,
  ticket,
  longestHours,
  businessHours,
  comment,
}: Rule): string[] {
  return [
    ...(roles.length > 0 ? [`by ${roles.map((role) => roleNames[role]).join(' or ')}`] : []),
    ...(ownerMust ? ['the key’s owner among them'] : []),
    ...(ticket ? ['a ticket'] : []),
    ...(longestHours === null ? [] : [`at most ${nameHours(longestHours)}`]),
    ...(businessHours ? ['done in business hours'] : []),
    commentWords[comment],
  ]
}

const wordsOf = (rule: Rule, names: Names) => [
  `about ${describeWhen(rule.when, names)}`,
  `${rule.approvals} ${rule.approvals === 1 ? 'approval' : 'approvals'}`,
  ...describeDemands(rule),
]

/**
 * Says what changes from some rules to others, a line each; their order means nothing and is no
 * change.
 */
export function describeDifferences(
  before: ApprovalRules,
  after: ApprovalRules,
  names: Names = {},
): string[] {
  const general = (label: string, was: string, is: string) =>
    was === is ? [] : [`${label}: ${is} (was ${was})`]
  const old = new Map(before.rules.map((rule) => [rule.name, rule]))
  const kept = new Set(after.rules.map(({ name }) => name))
  return [
    ...general(
      'Unanswered requests expire after',
      nameHours(before.answerHours),
      nameHours(after.answerHours),
    ),
    ...general(
      'A time-boxed change ends, unless said otherwise, after',
      nameHours(before.defaultDurationHours),
      nameHours(after.defaultDurationHours),
    ),
    ...general(
      'Business hours',
      nameBusinessHours(before.businessHours),
      nameBusinessHours(after.businessHours),
    ),
    ...before.rules
      .filter(({ name }) => !kept.has(name))
      .map((rule) => `Rule “${rule.name}” goes: ${wordsOf(rule, names).join(', ')}`),
    ...after.rules.flatMap((rule) => {
      const was = old.get(rule.name)
      if (!was) return [`Rule “${rule.name}” is new: ${wordsOf(rule, names).join(', ')}`]
      const [from, to] = [wordsOf(was, names), wordsOf(rule, names)]
      const gone = from.filter((words) => !to.includes(words))
      const added = to.filter((words) => !from.includes(words))
      return gone.length + added.length === 0
        ? []
        : [
            `Rule “${rule.name}”: ` +
              [
                ...(added.length > 0 ? [`now ${added.join(', ')}`] : []),
                ...(gone.length > 0 ? [`no longer ${gone.join(', ')}`] : []),
              ].join('; '),
          ]
    }),
  ]
}
