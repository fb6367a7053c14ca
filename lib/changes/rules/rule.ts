import { z } from 'zod'
import { roleNames } from '../../auth/role-names'
import { roles as allRoles, type Role } from '../../auth/permissions'
import { businessHoursSchema } from './hours'

export { nextOpening } from './hours'

export const risks = ['low', 'medium', 'high', 'critical'] as const
export type Risk = (typeof risks)[number]
const comments = ['none', 'reject', 'both'] as const

const roleSchema = z.enum(allRoles)
const hoursCount = (words: string) => z.int(words).min(1, words).max(87_600, 'At most ten years.')

const ruleSchema = z.object({
  name: z.string().trim().min(1, 'Name the rule.').max(100, 'A name has at most 100 characters.'),
  /** What it is about: all that is said must hold, one of each list is enough; nothing said = every change. */
  when: z.object({
    kinds: z.array(z.string().min(1).max(64)).max(100).optional(),
    risks: z.array(z.enum(risks)).optional(),
    accountIds: z.array(z.string().regex(/^\d{12}$/, 'An account has 12 digits.')).max(1_000).optional(),
    keyArns: z.array(z.string().regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/, 'This is no ARN of a key.')).max(1_000).optional(),
    tags: z.array(z.object({
      key: z.string().min(1, 'Name a tag.').max(128, 'A tag key has at most 128 characters.'),
      value: z.string().max(256, 'A tag value has at most 256 characters.').optional(),
    })).max(100).optional(),
  }),
  approvals: z.int().min(1, 'At least one approval.').max(5, 'At most five approvals.'),
  /** Who may decide; empty: any role that holds requests.decide. */
  roles: z.array(roleSchema),
  ownerMust: z.boolean(),
  ticket: z.boolean(),
  longestHours: hoursCount('Say how many hours.').nullable(),
  businessHours: z.boolean(),
  /** Decisions that need a comment. */
  comment: z.enum(comments),
})
export type Rule = z.infer<typeof ruleSchema>

/** The kind of change that changes these rules. */
export const rulesKind = 'rules-update'

/** A rule that would leave nobody to decide about these rules: those of the installation are decided by administrators alone. */
const locksRules = (rule: Rule) => rule.roles.length > 0 && !rule.roles.includes('admin')
  && risks.some((risk) => matchesRule(rule, { kind: rulesKind, risk, accountId: null, keyArn: null, tags: {} }))

export const approvalRulesSchema = z.object({
  /** A request that nobody answered expires then. */
  answerHours: hoursCount('Say after how many hours.'),
  /** The end that a time-boxed change has when nothing else is said. */
  defaultDurationHours: hoursCount('Say after how many hours.'),
  businessHours: businessHoursSchema,
  rules: z.array(ruleSchema).max(200, 'At most 200 rules.')
    .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, 'Two rules have the same name.')
    .superRefine((rules, context) => rules.forEach((rule, index) => {
      if (locksRules(rule)) context.addIssue({ code: 'custom', path: [index, 'roles'], message: 'Add Administrator: this is also about changes of these rules, which only administrators decide.' })
    })),
})
export type ApprovalRules = z.infer<typeof approvalRulesSchema>

/** What one change needs: all rules that match it, together. Frozen into the change when it is sent. */
export const effectiveRuleSchema = z.object({
  /** The rules it comes from. */
  names: z.array(z.string()),
  approvals: z.int().min(1),
  /** Null: any role that holds requests.decide; empty: rules that exclude each other, so nobody. */
  roles: z.array(roleSchema).nullable(),
  ownerMust: z.boolean(),
  ticket: z.boolean(),
  longestHours: z.number().nullable(),
  /** When it may be done; null: at any time. */
  businessHours: businessHoursSchema.nullable(),
  comment: z.enum(comments),
  answerHours: z.number(),
})
export type EffectiveRule = z.infer<typeof effectiveRuleSchema>

const plain = { approvals: 1, roles: [], ownerMust: false, ticket: false, longestHours: null, businessHours: false, comment: 'reject' } satisfies Omit<Rule, 'name' | 'when'>

/** What holds until somebody sets rules. */
export const defaultRules: ApprovalRules = {
  answerHours: 72,
  defaultDurationHours: 168,
  businessHours: { timeZone: 'UTC', days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' },
  rules: [
    { name: 'Every change', when: {}, ...plain },
    { name: 'High risk', when: { risks: ['high'] }, ...plain, comment: 'both' },
    { name: 'Critical', when: { risks: ['critical'] }, ...plain, approvals: 2, comment: 'both' },
    { name: 'Grants end', when: { kinds: ['grant-create'] }, ...plain, longestHours: 90 * 24 },
  ],
}

export type About = { kind: string; risk: Risk; accountId: string | null; keyArn: string | null; tags: Readonly<Record<string, string>> | null }

const isOneOf = (listed: readonly string[] | undefined, value: string | null) => !listed?.length || (value !== null && listed.includes(value))

function matchesTags(listed: Rule['when']['tags'], tags: About['tags']): boolean {
  if (!listed?.length || tags === null) return true // tags that we could not read may be any: the rule holds
  return listed.some(({ key, value }) => Object.hasOwn(tags, key) && (value === undefined || tags[key] === value))
}

/** Whether a rule is about a change. Tags that are unknown (null) match every rule by tag: unknown is never taken for no. */
export function matchesRule({ when }: Rule, about: About): boolean {
  return isOneOf(when.kinds, about.kind) && isOneOf(when.risks, about.risk) && isOneOf(when.accountIds, about.accountId)
    && isOneOf(when.keyArns, about.keyArn) && matchesTags(when.tags, about.tags)
}

const strictest = (a: EffectiveRule['comment'], b: EffectiveRule['comment']) => (comments.indexOf(a) > comments.indexOf(b) ? a : b)

/** All rules that match, the strictest of each: order means nothing, and one more rule never makes it easier. */
export function resolveRule(rules: ApprovalRules, about: About): EffectiveRule {
  const start: EffectiveRule = {
    names: [], approvals: 1, roles: null, ownerMust: false, ticket: false, longestHours: null, businessHours: null, comment: 'none', answerHours: rules.answerHours,
  }
  return rules.rules.filter((rule) => matchesRule(rule, about)).reduce((sum, rule): EffectiveRule => ({
    ...sum,
    names: [...sum.names, rule.name],
    approvals: Math.max(sum.approvals, rule.approvals),
    roles: rule.roles.length === 0 ? sum.roles : (sum.roles ?? allRoles).filter((role) => rule.roles.includes(role)),
    ownerMust: sum.ownerMust || (rule.ownerMust && about.keyArn !== null), // without a key there is no owner to ask
    ticket: sum.ticket || rule.ticket,
    longestHours: rule.longestHours === null ? sum.longestHours : Math.min(sum.longestHours ?? Infinity, rule.longestHours),
    businessHours: rule.businessHours ? rules.businessHours : sum.businessHours,
    comment: strictest(sum.comment, rule.comment),
  }), start)
}

export type GivenApproval = { decision: string; roles: readonly Role[]; asOwner: boolean }

/** Where a change stands with the decisions made so far; `missing` says, in words, what is still to come. */
export function judgeApprovals(rule: Pick<EffectiveRule, 'approvals' | 'roles' | 'ownerMust'>, approvals: readonly GivenApproval[]): { state: 'rejected' | 'enough' | 'more'; missing: string[] } {
  if (approvals.some(({ decision }) => decision === 'reject')) return { state: 'rejected', missing: [] }
  const counting = approvals.filter((given) => given.decision === 'approve' && given.roles.some((role) => rule.roles?.includes(role) ?? true))
  const more = rule.approvals - counting.length
  const byWhom = rule.roles ? ` by ${nameRoles(rule.roles)}` : ''
  const missing = [
    ...(more > 0 ? [`${more} more ${more === 1 ? 'approval' : 'approvals'}${byWhom}`] : []),
    ...(rule.ownerMust && !counting.some(({ asOwner }) => asOwner) ? ['the approval of the key’s owner'] : []),
  ]
  return { state: missing.length === 0 ? 'enough' : 'more', missing }
}

/** "an Approver or a Key administrator" */
export function nameRoles(roles: readonly Role[]): string {
  const names = roles.map((role) => `${/^[AEIOU]/.test(roleNames[role]) ? 'an' : 'a'} ${roleNames[role]}`)
  return names.length === 0 ? 'nobody' : names.length === 1 ? `${names[0]}` : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

/** "90 days", "36 hours" */
export const nameHours = (hours: number) => (hours % 24 === 0 ? `${hours / 24} ${hours === 24 ? 'day' : 'days'}` : `${hours} ${hours === 1 ? 'hour' : 'hours'}`)

const dayNames = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
export const nameBusinessHours = ({ days, from, to, timeZone }: ApprovalRules['businessHours']) =>
  `${[...days].sort().map((day) => dayNames[day]).join(', ')} ${from} to ${to} (${timeZone})`

/** What a rule asks for, a sentence each. */
export function describeRule(rule: EffectiveRule): string[] {
  return [
    `${rule.approvals === 1 ? 'One approval' : `${rule.approvals} approvals`}${rule.roles ? ` by ${nameRoles(rule.roles)}` : ' by whoever may decide in the account'}, never by who asks.`,
    ...(rule.ownerMust ? ['The key’s owner must be among those who approve.'] : []),
    ...(rule.ticket ? ['A ticket must be named.'] : []),
    ...(rule.longestHours === null ? [] : [`It lasts at most ${nameHours(rule.longestHours)}.`]),
    ...(rule.businessHours ? [`It is done only in business hours: ${nameBusinessHours(rule.businessHours)}.`] : []),
    ...(rule.comment === 'none' ? [] : [rule.comment === 'both' ? 'Every decision needs a comment.' : 'A rejection needs a comment.']),
    `Unanswered, it expires after ${nameHours(rule.answerHours)}.`,
  ]
}
