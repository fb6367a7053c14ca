import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openSandbox } from '../sandbox/open'
import { toHcl } from './hcl'
import { principalOf } from './identity'
import { readActions, readRolePolicy, renderReadRole } from './read-role'
import { writeFeatures } from '../changes/kinds/write-features'
import { sweeps } from './sweeps'
import { renderTrailRole, trailRolePolicy } from './trail-role'
import { renderWriteRole, writeRolePolicy } from './write-role'
import { toYaml } from './yaml'

const settings = {
  roleName: 'ClavigerRead',
  externalId: 'claviger-0f3c',
  consolePrincipalArn: 'arn:aws:iam::111122223333:role/claviger',
}
/** As the sandbox fills it in for a bucket of its own. */
const anyBucket = {
  bucket: 'BUCKET',
  prefix: '',
  region: 'REGION',
  kmsKeyArn: 'LOG_KEY',
  partition: 'aws',
}
const allowed = readRolePolicy()
  .Statement.filter((one) => one.Effect === 'Allow')
  .flatMap((one) => one.Action)

/** The rooms that read AWS. What tables and pages say of an API, or a role names, is no call. */
const rooms = ['accounts', 'inventory', 'changes', 'grants', 'cost', 'quotas', 'trail', 'sweep']
// Log files are read through a role of their own.
const namesOnly =
  /\.test\.ts$|test\/|\/log-files\/|\/(read-role|write-role|trail-role|api-words|table\/coverage)\.ts$/
/**
 * A quoted name of an API that reads, but not the one under which a sweep says that it needs it.
 */
const called =
  /'((?:kms|iam|organizations|account|servicequotas|cloud\w+):(?:List|Get|Describe|Lookup)\w+)'(?!:)/g

function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [] // not every room is there yet
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.posix.join(folder, file))
}

function listCalledApis(): string[] {
  const files = rooms.flatMap((room) => listFiles(`lib/${room}`))
  const found = files
    .filter((file) => !namesOnly.test(file))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(called)])
  return [...new Set(found.flatMap(([, api]) => api ?? []))].toSorted()
}

describe('the read role', () => {
  test('it asks for what is called through it and for nothing else, without a wildcard', () => {
    expect(allowed.toSorted()).toEqual(listCalledApis())
  })

  test('it asks for all that a sweep needs, each action once', () => {
    const needed = sweeps.flatMap(({ needs }) => Object.keys(needs))
    expect(allowed).toEqual(expect.arrayContaining(needed))
    expect(allowed).toHaveLength(new Set(allowed).size)
  })

  test('the sandbox gives its roles as much, so that every test runs with no more', async () => {
    // `npx vitest run -u lib/accounts/roles.test.ts` writes it anew; its diff is the roles'.
    const roles = {
      read: readRolePolicy(),
      write: writeRolePolicy(writeFeatures),
      trail: trailRolePolicy(anyBucket),
    }
    await expect(`${JSON.stringify(roles, null, 2)}\n`).toMatchFileSnapshot(
      '../sandbox/scenario/console-roles.json',
    )
    const sandbox = await openSandbox({ scenario: 'scale', keys: 1, accounts: 1, regions: 1 })
    const [account] = sandbox.world.accounts.values()
    const given = account?.roles.get('ClavigerRead')?.inlinePolicies.get('ClavigerRead') ?? '{}'
    const file = path.join(import.meta.dirname, '../sandbox/scenario/console-roles.json')
    expect(JSON.parse(given)).toEqual(JSON.parse(readFileSync(file, 'utf8')).read)
  })

  test('nothing it allows changes or uses anything: all are reads by name', () => {
    expect(allowed.filter((action) => !/:(List|Get|Describe|Lookup)/.test(action))).toEqual([])
    expect(allowed).not.toContain('kms:GetParametersForImport')
  })

  test('what must never be is denied outright', () => {
    const denied = readRolePolicy()
      .Statement.filter((one) => one.Effect === 'Deny')
      .flatMap((one) => one.Action)
    expect(denied).toEqual(
      expect.arrayContaining([
        'kms:Decrypt',
        'kms:Encrypt',
        'kms:GenerateDataKey*',
        'kms:Sign',
        'kms:CreateGrant',
        'kms:PutKeyPolicy',
        'kms:ScheduleKeyDeletion',
        'kms:DisableKey',
      ]),
    )
    expect(
      Object.values(readActions)
        .flat()
        .filter((action) => denied.some((no) => no === action)),
    ).toEqual([])
  })

  test('only the console may assume it, and only with the ExternalId of this installation', () => {
    const { AssumeRolePolicyDocument: trust } = JSON.parse(renderReadRole(settings).json)
    expect(trust.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { AWS: settings.consolePrincipalArn },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': settings.externalId } },
      }),
    ])
  })

  test('the three forms say the same', () => {
    const { json, cloudFormation, terraform } = renderReadRole(settings)
    expect(JSON.parse(json).PolicyDocument).toEqual(readRolePolicy())
    for (const action of allowed)
      for (const text of [cloudFormation, terraform]) expect(text).toContain(`"${action}"`)
    for (const text of [cloudFormation, terraform]) expect(text).toContain(settings.externalId)
    expect(cloudFormation).toMatch(/^AWSTemplateFormatVersion: "2010-09-09"\n/)
    expect(balance(terraform)).toBe(0)
  })
})

test('the write role demands the ExternalId for AssumeRole as well, and lets the person be named', () => {
  const { AssumeRolePolicyDocument: trust, PolicyDocument: policy } = JSON.parse(
    renderWriteRole({ ...settings, roleName: 'ClavigerWrite' }, writeFeatures).json,
  )
  expect(
    trust.Statement.filter(
      (one: { Action: unknown; Condition?: unknown }) =>
        one.Action === 'sts:AssumeRole' && !one.Condition,
    ),
  ).toEqual([])
  expect(JSON.stringify(trust)).toContain('sts:SetSourceIdentity')
  expect(JSON.stringify(policy)).toContain('"kms:BypassPolicyLockoutSafetyCheck":"false"')
})

test('the trail role reads below AWSLogs/ and decrypts through S3 alone', () => {
  const bucket = { ...anyBucket, bucket: 'logs', prefix: 'kept', region: 'eu-west-1' }
  const { json, cloudFormation, terraform } = renderTrailRole(
    { ...settings, roleName: 'ClavigerTrail' },
    bucket,
  )
  const { AssumeRolePolicyDocument: trust, PolicyDocument: policy } = JSON.parse(json)
  expect(trust.Statement).toHaveLength(1)
  expect(policy.Statement).toEqual([
    expect.objectContaining({
      Action: ['s3:ListBucket'],
      Resource: 'arn:aws:s3:::logs',
      Condition: { StringLike: { 's3:prefix': ['kept/AWSLogs/*'] } },
    }),
    expect.objectContaining({
      Action: ['s3:GetObject'],
      Resource: 'arn:aws:s3:::logs/kept/AWSLogs/*',
    }),
    expect.objectContaining({
      Action: ['kms:Decrypt'],
      Resource: 'LOG_KEY',
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
    }),
    expect.objectContaining({ Action: ['cloudtrail:ListPublicKeys'], Resource: '*' }),
  ])
  expect(trailRolePolicy({ ...bucket, kmsKeyArn: null }).Statement).toHaveLength(3)
  for (const text of [cloudFormation, terraform]) expect(text).toContain('kept/AWSLogs/*')
  expect(terraform).toContain('"aws_iam_role" "claviger_trail"')
})

const balance = (text: string) =>
  [...text].reduce(
    (sum, letter) => sum + ('{[('.includes(letter) ? 1 : '}])'.includes(letter) ? -1 : 0),
    0,
  )

/**
 * The YAML that toYaml writes is JSON strings and structure by indentation; this reads exactly
 * that.
 */
function readYaml(text: string): unknown {
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ depth: line.search(/[^ ]/), text: line.trim() }))
  const read = (depth: number): unknown => {
    const isList = lines[0]?.text.startsWith('- ')
    const list: unknown[] = []
    const map: Record<string, unknown> = {}
    for (let line = lines[0]; line && line.depth === depth; line = lines[0]) {
      if (isList) {
        line.text = line.text.slice(2)
        line.depth += 2
        list.push(
          /^("(\\.|[^"\\])*"|[A-Za-z]\w*):( |$)/.test(line.text) || line.text.startsWith('- ')
            ? read(depth + 2)
            : JSON.parse(lines.shift()?.text ?? ''),
        )
        continue
      }
      const found = /^("(?:\\.|[^"\\])*"|[A-Za-z]\w*):(?: (.*))?$/.exec(line.text)
      const name = found?.[1]?.startsWith('"') ? JSON.parse(found[1]) : found?.[1]
      lines.shift()
      map[name] = found?.[2] === undefined ? read(depth + 2) : JSON.parse(found[2])
    }
    return isList ? list : map
  }
  return read(0)
}

const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== '__proto__')
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
    fc.dictionary(name, tie('tree'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  ),
}))

test('what goes into YAML comes out of it, whatever letters it has', () => {
  fc.assert(
    fc.property(
      fc.dictionary(name, tree, { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
      (value) => {
        expect(readYaml(toYaml(value))).toEqual(value)
      },
    ),
  )
})

test('text in HCL stays text: no template begins in it', () => {
  expect(toHcl('${aws:username} %{if}')).toBe('"$${aws:username} %%{if}"')
  expect(toHcl({ 'kms:Via': ['a'] })).toBe('{\n  "kms:Via" = [\n    "a",\n  ]\n}')
})

test('a trust policy names the role behind a session, never the session', () => {
  expect(principalOf('arn:aws-cn:sts::111122223333:assumed-role/claviger/i-0abc')).toBe(
    'arn:aws-cn:iam::111122223333:role/claviger',
  )
  expect(principalOf('arn:aws:iam::111122223333:user/claviger-host')).toBe(
    'arn:aws:iam::111122223333:user/claviger-host',
  )
})
