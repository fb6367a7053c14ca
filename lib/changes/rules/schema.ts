import 'server-only'
import { z } from 'zod'
import { roles as allRoles } from '../../auth/permissions'
import { houseKinds } from '../kinds/house'
import { comments, matchesRule, risks } from './about'

const clock = /^([01]\d|2[0-3]):[0-5]\d$/
const isTimeZone = (name: string) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const businessHoursSchema = z
  .object({
    timeZone: z
      .string()
      .min(1, 'Name a time zone.')
      .refine(isTimeZone, 'This is no time zone, such as Europe/Berlin.'),
    /** ISO weekdays: 1 is Monday, 7 is Sunday. */
    days: z
      .array(z.int().min(1).max(7))
      .min(1, 'Choose a day.')
      .max(7)
      .refine((days) => new Set(days).size === days.length, 'A day is named twice.'),
    from: z.string().regex(clock, 'Write it as 09:00.'),
    to: z.string().regex(clock, 'Write it as 17:00.'),
  })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'They must end after they begin.' })

const roleSchema = z.enum(allRoles)
const hoursCount = (words: string) => z.int(words).min(1, words).max(87_600, 'At most ten years.')

const ruleSchema = z.object({
  name: z.string().trim().min(1, 'Name the rule.').max(100, 'A name has at most 100 characters.'),
  /**
   * What it is about: all that is said must hold, one of each list is enough;
   * nothing said = every change.
   */
  when: z.object({
    kinds: z.array(z.string().min(1).max(64)).max(100).optional(),
    risks: z.array(z.enum(risks)).optional(),
    accountIds: z
      .array(z.string().regex(/^\d{12}$/, 'An account has 12 digits.'))
      .max(1_000)
      .optional(),
    keyArns: z
      .array(
        z.string().regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/, 'This is no ARN of a key.'),
      )
      .max(1_000)
      .optional(),
    tags: z
      .array(
        z.object({
          key: z.string().min(1, 'Name a tag.').max(128, 'A tag key has at most 128 characters.'),
          value: z.string().max(256, 'A tag value has at most 256 characters.').optional(),
        }),
      )
      .max(100)
      .optional(),
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

/**
 * A rule that would leave nobody to decide about these rules: those of the installation are
 * decided by administrators alone.
 */
const locksRules = (rule: Rule) =>
  rule.roles.length > 0 &&
  !rule.roles.includes('admin') &&
  houseKinds.some((kind) =>
    risks.some((risk) =>
      matchesRule(rule, { kind, risk, accountId: null, keyArn: null, tags: {} }),
    ),
  )

export const approvalRulesSchema = z.object({
  /** A request that nobody answered expires then. */
  answerHours: hoursCount('Say after how many hours.'),
  /** The end that a time-boxed change has when nothing else is said. */
  defaultDurationHours: hoursCount('Say after how many hours.'),
  businessHours: businessHoursSchema,
  rules: z
    .array(ruleSchema)
    .max(200, 'At most 200 rules.')
    .refine(
      (rules) => new Set(rules.map(({ name }) => name)).size === rules.length,
      'Two rules have the same name.',
    )
    .superRefine((rules, context) =>
      rules.forEach((rule, index) => {
        if (locksRules(rule))
          context.addIssue({
            code: 'custom',
            path: [index, 'roles'],
            message:
              'Add Administrator: this is also about changes of these rules and of roles, ' +
              'which only administrators decide.',
          })
      }),
    ),
})
export type ApprovalRules = z.infer<typeof approvalRulesSchema>

/**
 * What one change needs: all rules that match it, together. Frozen into the change when it is sent.
 */
export const effectiveRuleSchema = z.object({
  /** The rules it comes from. */
  names: z.array(z.string()),
  approvals: z.int().min(1),
  /** Null: any role that holds requests.decide; empty: rules that exclude each other, so nobody. */
  roles: z.array(roleSchema).nullable(),
  ownerMust: z.boolean(),
  /**
   * The keys whose owner that is, where a change takes something from another key;
   * else the key of the change.
   */
  ownerOf: z.array(z.string()).min(1).optional(),
  ticket: z.boolean(),
  longestHours: z.number().nullable(),
  /** When it may be done; null: at any time. */
  businessHours: businessHoursSchema.nullable(),
  comment: z.enum(comments),
  answerHours: z.number(),
})
export type EffectiveRule = z.infer<typeof effectiveRuleSchema>
