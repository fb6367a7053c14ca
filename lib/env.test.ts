import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { assertSettings, env } from './env'
import { parseSettings, settingNames } from './env-schema.mjs'

afterEach(() => vi.unstubAllEnvs())

test('.env.example lists every setting, and no other', () => {
  const text = readFileSync(path.join(import.meta.dirname, '../.env.example'), 'utf8')
  const listed = [...text.matchAll(/^# ([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1])
  expect(listed.toSorted()).toEqual(settingNames.toSorted())
})

test('nothing set is a valid environment: npm start on a fresh clone', () => {
  expect(parseSettings({})).toMatchObject({
    problem: null,
    settings: {
      PORT: 3000,
      HOST: '127.0.0.1',
      CLAVIGER_AWS: 'sandbox',
      CLAVIGER_BUDGET_SHARE: 0.3,
    },
  })
})

test.each([
  [{ PORT: 'eighty' }, 'PORT is no port'],
  [
    { CLAVIGER_URL: 'https://claviger.example.com/console' },
    'CLAVIGER_URL must be an origin alone',
  ],
  [{ CLAVIGER_URL: 'claviger.example.com' }, 'CLAVIGER_URL must be an origin alone'],
  [{ DATABASE_URL: 'mysql://root@localhost/x' }, 'DATABASE_URL must look like postgresql://'],
  [
    { CLAVIGER_KEEP_TRAIL_CHANGES_DAYS: '2000' },
    'CLAVIGER_KEEP_TRAIL_ROLLUPS_DAYS must be at least 2000',
  ],
  [{ CLAVIGER_AWS: 'prod' }, 'CLAVIGER_AWS must be sandbox or live'],
  [{ CLAVIGER_BUDGET_SHARE: '30' }, 'CLAVIGER_BUDGET_SHARE must be a share between 0 and 1'],
  [{ CLAVIGER_SWEEP_MINUTES: 'keys=60' }, 'CLAVIGER_SWEEP_MINUTES must name sweeps: core, grants'],
  [{ CLAVIGER_SWEEP_MINUTES: 'core=often' }, 'CLAVIGER_SWEEP_MINUTES must give each sweep minutes'],
  [{ CLAVIGER_SWEEP_MINUTES: 'core' }, 'CLAVIGER_SWEEP_MINUTES must give each sweep minutes'],
  [{ CLAVIGER_BUDGET_SHARE: '0' }, 'CLAVIGER_BUDGET_SHARE must be a share between 0 and 1'],
  [{ OIDC_ISSUER: 'http://login.example.com' }, 'OIDC_ISSUER must be the https address'],
  [{ NEXTAUTH_SECRET: 'short' }, 'NEXTAUTH_SECRET must have at least 32 characters'],
  [
    { CLAVIGER_GROUP_MAPPINGS: '[{"group":"security"}]' },
    'CLAVIGER_GROUP_MAPPINGS must be a JSON list',
  ],
  [{ CLAVIGER_GROUP_MAPPINGS: 'security=auditor' }, 'CLAVIGER_GROUP_MAPPINGS must be a JSON list'],
  [{ CLAVIGER_LOCAL_SIGN_IN: 'yes' }, 'CLAVIGER_LOCAL_SIGN_IN must be 1 or 0'],
])('%o is refused in one line that says what would do', (environment, line) => {
  const { problem } = parseSettings(environment)
  expect(problem).toContain(line)
  expect(problem).not.toContain('\n')
})

test('a refusal never repeats a secret', () => {
  const { problem } = parseSettings({
    NEXTAUTH_SECRET: 'hunter2',
    DATABASE_URL: 'mysql://ann:hunter2@db/x',
    SMTP_URL: 'hunter2',
  })
  expect(problem).not.toContain('hunter2')
})

test('a changed variable is seen, an empty one counts as unset', () => {
  vi.stubEnv('DATABASE_URL', 'postgresql://a@localhost/one')
  vi.stubEnv('PORT', '')
  expect(env()).toMatchObject({
    DATABASE_URL: 'postgresql://a@localhost/one',
    PORT: 3000,
    CLAVIGER_URL: 'http://localhost:3000',
  })
  vi.stubEnv('DATABASE_URL', 'postgresql://a@localhost/two')
  expect(env().DATABASE_URL).toBe('postgresql://a@localhost/two')
})

test('a part names everything it lacks at once', () => {
  vi.stubEnv('DATABASE_URL', 'postgresql://a@localhost/one')
  for (const name of ['NEXTAUTH_SECRET', 'OIDC_ISSUER', 'CLAVIGER_EXTERNAL_ID'])
    vi.stubEnv(name, undefined)
  expect(() => assertSettings('web')).toThrow(/CLAVIGER_URL|NEXTAUTH_SECRET, OIDC_ISSUER/)
})

test('a part says at once that its key file cannot be read', () => {
  vi.stubEnv('DATABASE_URL', 'postgresql://a@localhost/one')
  vi.stubEnv('CLAVIGER_EXTERNAL_ID', 'claviger-test')
  vi.stubEnv('CLAVIGER_AUDIT_KEY_FILE', '/nowhere/audit.key')
  expect(() => assertSettings('worker')).toThrow(
    /worker cannot read CLAVIGER_AUDIT_KEY_FILE: .*\/nowhere\/audit\.key/,
  )
})
