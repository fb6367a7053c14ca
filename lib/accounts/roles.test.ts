import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apiWords } from './coverage-words'
import { toHcl } from './hcl'
import { principalOf } from './identity'
import { readActions, readRolePolicy, renderReadRole } from './read-role'
import { writeFeatures } from '../changes/kinds/write-features'
import { renderWriteRole } from './write-role'
import { toYaml } from './yaml'

const settings = {
  roleName: 'ClavigerRead',
  externalId: 'claviger-0f3c',
  consolePrincipalArn: 'arn:aws:iam::111122223333:role/claviger',
}
const allowed = readRolePolicy()
  .Statement.filter((one) => one.Effect === 'Allow')
  .flatMap((one) => one.Action)

describe('the read role', () => {
  test('every API the sync calls through it is in it, and no wildcard hides more', () => {
    const used = Object.keys(apiWords).filter((api) => api !== 'sts:AssumeRole')
    expect(used.filter((api) => !allowed.some((action) => action === api))).toEqual([])
    expect(allowed.filter((action) => action.includes('*'))).toEqual([])
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
