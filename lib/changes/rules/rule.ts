import { roles as allRoles, type Role } from '../../auth/permissions'
import { roleNames } from '../../auth/role-names'
import { comments, matchesRule, type About } from './about'
import { nameBusinessHours } from './hours'
import type { ApprovalRules, EffectiveRule, Rule } from './schema'

export { comments, risks, type About, type Risk } from './about'
export type { ApprovalRules, EffectiveRule, Rule } from './schema'

/** The kind of change that changes these rules. */
export const rulesKind = 'rules-update'

const plain = {
  approvals: 1,
  roles: [],
  ownerMust: false,
  ticket: false,
  longestHours: null,
  businessHours: false,
  comment: 'reject',
} satisfies Omit<Rule, 'name' | 'when'>

/** What holds until somebody sets rules. */
export const defaultRules: ApprovalRules = {
  answerHours: 72,
  defaultDurationHours: 168,
  businessHours: { timeZone: 'UTC', days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' },
  rules: [
    { name: 'Every change', when: {}, ...plain },
    { name: 'High risk', when: { risks: ['high'] }, ...plain, comment: 'both' },
    { name: 'Critical', when: { risks: ['critical'] }, ...plain, approvals: 2, comment: 'both' },
  ],
}

const strictest = (a: EffectiveRule['comment'], b: EffectiveRule['comment']) =>
  comments.indexOf(a) > comments.indexOf(b) ? a : b

/**
 * Combines all rules that match, the strictest of each: order means nothing, and one more rule
 * never makes it easier.
 */
export function resolveRule(rules: ApprovalRules, about: About): EffectiveRule {
  const start: EffectiveRule = {
    names: [],
    approvals: 1,
    roles: null,
    ownerMust: false,
    ticket: false,
    longestHours: null,
    businessHours: null,
    comment: 'none',
    answerHours: rules.answerHours,
  }
  const matches = (rule: Rule) =>
    matchesRule(rule, about) ||
    (about.also != null && matchesRule(rule, { ...about, ...about.also }))
  const { also } = about
  const owned = also ? rules.rules.filter(({ ownerMust }) => ownerMust) : []
  const ownerOf = [about, ...(also ? [{ ...about, ...also }] : [])].flatMap((one) =>
    one.keyArn !== null && owned.some((rule) => matchesRule(rule, one)) ? [one.keyArn] : [],
  )
  if (ownerOf.length > 0) start.ownerOf = ownerOf
  return rules.rules.filter(matches).reduce(
    (sum, rule): EffectiveRule => ({
      ...sum,
      names: [...sum.names, rule.name],
      approvals: Math.max(sum.approvals, rule.approvals),
      roles:
        rule.roles.length === 0
          ? sum.roles
          : (sum.roles ?? allRoles).filter((role) => rule.roles.includes(role)),
      // without a key there is no owner to ask
      ownerMust: sum.ownerMust || (rule.ownerMust && about.keyArn !== null),
      ticket: sum.ticket || rule.ticket,
      longestHours:
        rule.longestHours === null
          ? sum.longestHours
          : Math.min(sum.longestHours ?? Infinity, rule.longestHours),
      businessHours: rule.businessHours ? rules.businessHours : sum.businessHours,
      comment: strictest(sum.comment, rule.comment),
    }),
    start,
  )
}

export type GivenApproval = { decision: string; roles: readonly Role[]; asOwner: boolean }

/**
 * Judges where a change stands with the decisions made so far; one rejection ends it. `missing`
 * says, in words, what is still to come.
 */
export function judgeApprovals(
  rule: Pick<EffectiveRule, 'approvals' | 'roles' | 'ownerMust'>,
  approvals: readonly GivenApproval[],
): { state: 'rejected' | 'enough' | 'more'; missing: string[] } {
  if (approvals.some(({ decision }) => decision === 'reject'))
    return { state: 'rejected', missing: [] }
  const counting = approvals.filter(
    (given) =>
      given.decision === 'approve' &&
      given.roles.some((role) => rule.roles?.includes(role) ?? true),
  )
  const more = rule.approvals - counting.length
  const byWhom = rule.roles ? ` by ${nameRoles(rule.roles)}` : ''
  const missing = [
    ...(more > 0 ? [`${more} more ${more === 1 ? 'approval' : 'approvals'}${byWhom}`] : []),
    ...(rule.ownerMust && !counting.some(({ asOwner }) => asOwner)
      ? ['the approval of the key’s owner']
      : []),
  ]
  return { state: missing.length === 0 ? 'enough' : 'more', missing }
}

/** "an Approver or a Key administrator" */
export function nameRoles(roles: readonly Role[]): string {
  const names = roles.map(
    (role) => `${/^[AEIOU]/.test(roleNames[role]) ? 'an' : 'a'} ${roleNames[role]}`,
  )
  return names.length === 0
    ? 'nobody'
    : names.length === 1
      ? `${names[0]}`
      : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

/** "90 days", "36 hours" */
export const nameHours = (hours: number) =>
  hours % 24 === 0
    ? `${hours / 24} ${hours === 24 ? 'day' : 'days'}`
    : `${hours} ${hours === 1 ? 'hour' : 'hours'}`

/** Says what a rule asks for, a sentence each. */
export function describeRule(rule: EffectiveRule): string[] {
  return [
    `${rule.approvals === 1 ? 'One approval' : `${rule.approvals} approvals`} ` +
      `by ${rule.roles ? nameRoles(rule.roles) : 'whoever may decide in the account'}, ` +
      'never by who asks.',
    ...(rule.ownerMust ? ['The key’s owner must be among those who approve.'] : []),
    ...(rule.ticket ? ['A ticket must be named.'] : []),
    ...(rule.longestHours === null ? [] : [`It lasts at most ${nameHours(rule.longestHours)}.`]),
    ...(rule.businessHours
      ? [`It is done only in business hours: ${nameBusinessHours(rule.businessHours)}.`]
      : []),
    ...(rule.comment === 'none'
      ? []
      : [
          rule.comment === 'both'
            ? 'Every decision needs a comment.'
            : 'A rejection needs a comment.',
        ]),
    `Unanswered, it expires after ${nameHours(rule.answerHours)}.`,
  ]
}
