// Every setting, in one place. Plain JavaScript, because the launcher checks it before
// TypeScript runs; the console reads it through env.ts. A new setting goes here and into
// .env.example (a test compares the two).
import * as fs from 'node:fs'
import { z } from 'zod'

const port = (standard) =>
  z.coerce
    .number('is no port')
    .int()
    .min(0, 'is no port')
    .max(65_535, 'is no port')
    .default(standard)
const flag = z
  .enum(['0', '1'], 'must be 1 or 0')
  .default('0')
  .transform((value) => value === '1')
const isLoopbackHost = (host) => ['localhost', '127.0.0.1', '[::1]', '::1'].includes(host)
const days = (standard) =>
  z.coerce
    .number('must be a number of days')
    .int('must be whole days')
    .min(1, 'must be at least 1 day')
    .max(36_500, 'must be at most 36500 days')
    .default(standard)
const parseUrl = (text) => (URL.canParse(text) ? new URL(text) : null)

/**
 * http only on this machine: what people type and what tokens carry must not
 * cross a network in the clear.
 */
const isSafeUrl = (text) => {
  const url = parseUrl(text)
  return (
    url !== null &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname)))
  )
}
/** Sweeps that come due by themselves; a test compares them with those that there are. */
export const scheduledSweeps = [
  'core',
  'grants',
  'iam',
  'lastUsage',
  'lookup',
  'organization',
  'quotas',
  'regions',
  'rotations',
  'trails',
]
/** The text kind=minutes,kind=minutes as pairs. */
const sweepEntries = (text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map((entry) => {
      const [kind = '', minutes = ''] = entry.split('=').map((part) => part.trim())
      return [kind, /^\d+$/.test(minutes) ? Number(minutes) : Number.NaN]
    })
const roleName = (standard) =>
  z
    .string()
    .regex(/^[\w+=,.@-]{1,64}$/, 'is no IAM role name')
    .default(standard)

const mappingsSchema = z.array(
  z.object({
    group: z.string().min(1),
    role: z.enum(['viewer', 'auditor', 'requester', 'approver', 'keyAdministrator', 'admin']),
    accountId: z
      .string()
      .regex(/^\d{12}$/)
      .nullable()
      .default(null),
  }),
)
const parseMappings = (text) => {
  try {
    return mappingsSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

const settings = z.object({
  // Where it runs
  HOST: z.string().default('127.0.0.1'),
  PORT: port(3000),
  SANDBOX_PORT: port(4599),
  OIDC_PORT: port(4598),
  CLAVIGER_URL: z
    .string()
    .refine(
      (text) => parseUrl(text)?.origin === text,
      'must be an origin alone, such as https://claviger.example.com (no path, no slash at its end)',
    )
    .refine((text) => /^https?:/.test(text), 'must begin with https:// or http://')
    .optional(),
  CLAVIGER_DATA_DIR: z.string().optional(),
  CLAVIGER_PRODUCTION: flag,
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'must be trace, debug, info, warn, error, fatal or silent',
    )
    .default('info'),
  // PostgreSQL
  DATABASE_URL: z
    .string()
    .refine(
      (text) => /^postgres(ql)?:$/.test(parseUrl(text)?.protocol ?? ''),
      'must look like postgresql://user:password@host:5432/database',
    )
    .optional(),
  CLAVIGER_DATABASE_CONNECTIONS: z.coerce
    .number('must be a number of connections')
    .int()
    .min(2, 'must be at least 2')
    .max(200, 'must be at most 200')
    .default(10),
  // Sign-in
  NEXTAUTH_SECRET: z
    .string()
    .min(32, 'must have at least 32 characters (openssl rand -base64 33)')
    .optional(),
  OIDC_ISSUER: z
    .string()
    .refine(isSafeUrl, 'must be the https address of an OpenID Connect issuer')
    .optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_GROUPS_CLAIM: z.string().default('groups'),
  OIDC_SCOPES: z
    .string()
    .regex(/\bopenid\b/, 'must contain openid')
    .default('openid email profile'),
  OIDC_PERSON_CLAIM: z.string().optional(),
  CLAVIGER_ADMIN_GROUP: z.string().optional(),
  CLAVIGER_LOCAL_SIGN_IN: flag,
  CLAVIGER_GROUP_MAPPINGS: z
    .string()
    .default('[]')
    .transform((text, context) => {
      const mappings = parseMappings(text)
      if (!mappings)
        context.addIssue({
          code: 'custom',
          message:
            'must be a JSON list of { "group", "role", "accountId" (12 digits, or null for every account) }',
        })
      return mappings ?? []
    }),
  CLAVIGER_NOTICE: z.string().max(200, 'must have at most 200 characters').optional(),
  // AWS
  CLAVIGER_AWS: z.enum(['sandbox', 'live'], 'must be sandbox or live').default('sandbox'),
  CLAVIGER_DRY_RUN: z.enum(['honoured'], 'must be honoured, or not be set').optional(),
  CLAVIGER_READ_ROLE_NAME: roleName('ClavigerRead'),
  CLAVIGER_WRITE_ROLE_NAME: roleName('ClavigerWrite'),
  CLAVIGER_TRAIL_ROLE_NAME: roleName('ClavigerTrail'),
  CLAVIGER_ACCOUNTS_FILE: z.string().optional(),
  CLAVIGER_EXTERNAL_ID: z
    .string()
    .regex(
      /^[\w+=,.@:/-]{2,1224}$/,
      'is no external id (2 to 1224 of letters, digits and +=,.@:/-)',
    )
    .optional(),
  CLAVIGER_BUDGET_SHARE: z.coerce
    .number('must be a share between 0 and 1, such as 0.3')
    .gt(0, 'must be a share between 0 and 1, such as 0.3')
    .max(1, 'must be a share between 0 and 1, such as 0.3')
    .default(0.3),
  CLAVIGER_SYNC_INTERVAL_MINUTES: z.coerce
    .number('must be minutes')
    .min(1, 'must be at least 1 minute')
    .max(1440, 'must be at most 1440 minutes')
    .default(15),
  CLAVIGER_SWEEP_MINUTES: z
    .string()
    .default('')
    .refine(
      (text) => sweepEntries(text).every(([kind]) => scheduledSweeps.includes(kind)),
      `must name sweeps: ${scheduledSweeps.join(', ')}`,
    )
    .refine(
      (text) => sweepEntries(text).every(([, minutes]) => minutes >= 1 && minutes <= 43_200),
      'must give each sweep minutes, 1 to 43200, such as core=1440,grants=1440',
    )
    .transform((text) => Object.fromEntries(sweepEntries(text))),
  CLAVIGER_TRAIL_LOOKUP_DAYS: z.coerce
    .number('must be a number of days')
    .int('must be whole days')
    .min(0, 'must be 0 to 90 days')
    .max(90, 'must be 0 to 90 days')
    .default(90),
  CLAVIGER_TRAIL_POLL_SECONDS: z.coerce
    .number('must be a number of seconds')
    .int('must be whole seconds')
    .min(10, 'must be 10 to 3600 seconds')
    .max(3600, 'must be 10 to 3600 seconds')
    .default(60),
  // Audit and notices
  CLAVIGER_AUDIT_KEY_FILE: z.string().optional(),
  CLAVIGER_AUDIT_CHECKPOINT_DIR: z.string().optional(),
  CLAVIGER_WEBHOOK_ALLOW: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((host) => host.trim())
        .filter(Boolean),
    ),
  CLAVIGER_OUT_OF_BAND_SERVICE_GRANTS: flag,
  SMTP_URL: z
    .string()
    .refine(
      (text) => /^smtps?:$/.test(parseUrl(text)?.protocol ?? ''),
      'must look like smtps://user:password@host:465',
    )
    .optional(),
  SMTP_FROM: z.string().default('Claviger <claviger@localhost>'),
  // How long what is over is kept
  CLAVIGER_KEEP_SWEEPS_DAYS: days(7),
  CLAVIGER_KEEP_NOTICES_DAYS: days(365),
  CLAVIGER_KEEP_READ_NOTICES_DAYS: days(90),
  CLAVIGER_KEEP_SENT_DAYS: days(30),
  CLAVIGER_KEEP_FAILED_DAYS: days(90),
  CLAVIGER_KEEP_BUDGETS_DAYS: days(30),
  CLAVIGER_KEEP_POLICIES_DAYS: days(36_500),
  CLAVIGER_KEEP_TRAIL_USES_DAYS: days(90),
  CLAVIGER_KEEP_TRAIL_CHANGES_DAYS: days(1_095),
  CLAVIGER_KEEP_TRAIL_ROLLUPS_DAYS: days(1_095),
})

export const settingsSchema = settings.superRefine((given, context) => {
  const { CLAVIGER_KEEP_TRAIL_ROLLUPS_DAYS: rollups } = given
  const events = Math.max(
    given.CLAVIGER_KEEP_TRAIL_USES_DAYS,
    given.CLAVIGER_KEEP_TRAIL_CHANGES_DAYS,
  )
  if (rollups >= events) return
  context.addIssue({
    code: 'custom',
    path: ['CLAVIGER_KEEP_TRAIL_ROLLUPS_DAYS'],
    message:
      `must be at least ${events}, as long as events are kept: totals are made of rollups, and ` +
      'would lack what the table below them shows',
  })
})

export const settingNames = /** @type {(keyof typeof settingsSchema.shape)[]} */ (
  Object.keys(settingsSchema.shape)
)

/**
 * What each part cannot do without. The launcher makes these for the first run; in
 * production they come from outside.
 */
const neededBy = /** @type {const} */ ({
  web: [
    'DATABASE_URL',
    'CLAVIGER_URL',
    'NEXTAUTH_SECRET',
    'OIDC_ISSUER',
    'OIDC_CLIENT_ID',
    'OIDC_CLIENT_SECRET',
    'CLAVIGER_EXTERNAL_ID',
    'CLAVIGER_AUDIT_KEY_FILE',
  ],
  worker: ['DATABASE_URL', 'CLAVIGER_EXTERNAL_ID', 'CLAVIGER_AUDIT_KEY_FILE'],
})

/**
 * Reads the settings out of an environment; an empty variable counts as unset.
 * @param {Record<string, string | undefined>} environment
 * @returns {{ settings: z.output<typeof settingsSchema>, problem: null }
 *   | { settings: null, problem: string }}
 *   the problem in one line, without any value that may be secret
 */
export function parseSettings(environment) {
  const given = Object.fromEntries(
    settingNames.map((name) => [name, environment[name] || undefined]),
  )
  const parsed = settingsSchema.safeParse(given)
  if (parsed.success) return { settings: parsed.data, problem: null }
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`)
  return { settings: null, problem: `${[...new Set(problems)].join('; ')}. See .env.example.` }
}

/**
 * Which settings a part lacks, in one line; null when it lacks none.
 * @param {'web' | 'worker'} part
 * @param {Record<string, unknown>} settings
 */
export function findMissing(part, settings) {
  const missing = neededBy[part].filter((name) => settings[name] === undefined)
  const who = `The ${part === 'web' ? 'web server' : part}`
  if (missing.length > 0) {
    const them = missing.length > 1 ? 'them' : 'it'
    return (
      `${who} needs ${missing.join(', ')}: set ${them} (.env.example says what each is), or ` +
      'run npm start, which makes its own.'
    )
  }
  const unreadable = findUnreadable(settings.CLAVIGER_AUDIT_KEY_FILE)
  return unreadable === null ? null : `${who} cannot read CLAVIGER_AUDIT_KEY_FILE: ${unreadable}.`
}

/** Why a file cannot be read; null: it can. @param {unknown} file */
function findUnreadable(file) {
  try {
    fs.accessSync(String(file), fs.constants.R_OK)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
