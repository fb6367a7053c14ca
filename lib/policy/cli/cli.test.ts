import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable, Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allow, ann, delegating, home, key, policy, session, to } from '../test/examples'
import { parseArguments } from './arguments'
import { evaluateLines } from './evaluate-lines'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'policy-cli-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

async function run(
  words: string[],
  input = '',
): Promise<{ status: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [
    '--import',
    'tsx',
    path.join(import.meta.dirname, 'main.ts'),
    ...words,
  ])
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  child.stdin.end(input)
  const status = await new Promise<number | null>((resolve, reject) =>
    child.on('close', resolve).on('error', reject),
  )
  return { status, out, err }
}

async function file(name: string, text: string): Promise<string> {
  const place = path.join(folder, name)
  await writeFile(place, text)
  return place
}

const good = JSON.stringify(delegating)
const refused = JSON.stringify(policy({ ...allow('kms:*', to(ann)), Effect: 'allow' }), null, 2)

describe('evaluate', () => {
  const request = { principal: session, action: 'kms:Decrypt', resource: key, context: {} }
  const asked = { request, keyPolicy: delegating, identityPolicies: [policy(allow('kms:Decrypt'))] }

  test('answers each line in its place, and tells bad ones', async () => {
    const lines = [asked, { ...asked, identityPolicies: [] }].map((one) => JSON.stringify(one))
    const { status, out } = await run(
      ['evaluate'],
      [lines[0], 'no case', '{"request":{"principal":"ann"}}', lines[1], ''].join('\n'),
    )
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(status).toBe(1)
    expect(answers).toMatchObject([
      { result: 'allow', explicitDeny: false },
      { error: expect.any(String) },
      { error: 'request.action must be a string' },
      { result: 'deny', explicitDeny: false },
    ])
  })

  test('a no that rests on an omitted input names it', async () => {
    const answerTo = async (given: object) =>
      JSON.parse((await run(['evaluate'], JSON.stringify(given))).out) as { assumed?: string[] }
    expect(await answerTo({ request, keyPolicy: delegating })).toMatchObject({
      result: 'deny',
      assumed: ['identityPolicies', 'grants'],
    })
    expect((await answerTo({ ...asked, identityPolicies: [], grants: [] })).assumed).toBeUndefined()
    expect((await answerTo(asked)).assumed, 'an allow rests on what was given').toBeUndefined()
  })

  test('a no that rests on two omitted inputs together names both', async () => {
    const abroad = 'arn:aws:iam::444455556666:role/app'
    const given = { request: { ...request, principal: abroad }, grants: [] }
    const assumedIn = async (more: object) => {
      const { out } = await run(['evaluate'], JSON.stringify({ ...given, ...more }))
      return (JSON.parse(out) as { assumed?: string[] }).assumed
    }
    expect(await assumedIn({})).toEqual(['identityPolicies', 'keyPolicy'])
    expect(
      await assumedIn({ keyPolicy: delegating }),
      'the key lets nobody from there in',
    ).toBeUndefined()
    expect(await assumedIn({ keyPolicy: policy(allow('kms:*', to(abroad))) })).toEqual([
      'identityPolicies',
    ])
  })

  test('reads everything a case may hold', async () => {
    const all = {
      ...asked,
      permissionBoundaries: null,
      sessionPolicies: [null],
      serviceControlPolicies: [[null], null],
      resourceControlPolicies: [],
      vpcEndpointPolicies: null,
      grants: [
        {
          GranteePrincipal: session,
          Operations: ['Decrypt'],
          Constraints: { EncryptionContextEquals: { a: 'b' } },
        },
      ],
      contextComplete: false,
    }
    const some = {
      ...asked,
      contextComplete: false,
      request: { ...request, context: { 'aws:PrincipalOrgID': ['o-1'], 'a:n': 1, 'a:b': true } },
    }
    const { status, out } = await run(
      ['evaluate'],
      `${JSON.stringify(all)}\n${JSON.stringify(some)}`,
    )
    expect(status).toBe(0)
    expect(
      out
        .split('\n')
        .filter(Boolean)
        .map((line): unknown => JSON.parse(line)),
    ).toMatchObject([{ result: 'deny' }, { result: 'allow' }])
  })

  test.each([
    [{ request, keyPolicy: [] }, 'keyPolicy'],
    [{ request, identityPolicies: {} }, 'identityPolicies'],
    [{ request, grants: [{}] }, 'Operations'],
    [{ request: { ...request, context: { a: { b: 1 } } } }, 'context'],
    [{ request, contextComplete: 'no' }, 'contextComplete'],
    [[], 'the case'],
    [null, 'the case'],
  ])('%j is no case', async (value, field) => {
    let out = ''
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        out += chunk.toString()
        done()
      },
    })
    expect(await evaluateLines(Readable.from([JSON.stringify(value)]), sink)).toBe(1)
    expect(out).toContain(field)
  })

  test('keeps order and pace over many lines', async () => {
    let out = ''
    const sink = new Writable({
      highWaterMark: 1024,
      write: (chunk: Buffer, _encoding, done) => {
        out += chunk.toString()
        setImmediate(done)
      },
    })
    const actions = Array.from({ length: 3000 }, (_, i) =>
      i % 3 === 0 ? 'kms:Encrypt' : 'kms:Decrypt',
    )
    const start = process.cpuUsage()
    expect(
      await evaluateLines(
        Readable.from(
          actions.map(
            (action) => `${JSON.stringify({ ...asked, request: { ...request, action } })}\n`,
          ),
        ),
        sink,
      ),
    ).toBe(0)
    const { user } = process.cpuUsage(start)
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.includes('"result":"allow"')),
    ).toEqual(actions.map((action) => action === 'kms:Decrypt'))
    expect(user / 1000).toBeLessThan(3000)
  })
})

describe('lint and explain', () => {
  test('0 for a sound policy, 2 for one that is refused, with its place', async () => {
    const sound = await file('sound.json', good)
    const bad = await file('bad.json', refused)
    expect((await run(['lint', sound])).status).toBe(0)
    const { status, out } = await run(['lint', sound, bad])
    expect(status).toBe(2)
    expect(out).toContain(`${bad}:5:17: error INVALID_EFFECT at Statement[0].Effect`)
  })

  test('3 for what cannot be read', async () => {
    const missing = await run(['lint', path.join(folder, 'none.json')])
    expect(missing).toMatchObject({ status: 3, out: '' })
    expect(missing.err).toContain('cannot be read')
    expect((await run(['explain', '-'], '{"Version"')).status).toBe(3)
  })

  test('JSON and SARIF', async () => {
    const json: unknown = JSON.parse((await run(['lint', '--format', 'json', '-'], refused)).out)
    expect(json).toMatchObject([
      {
        file: '-',
        failure: null,
        findings: expect.arrayContaining([
          expect.objectContaining({ code: 'INVALID_EFFECT', severity: 'error' }),
        ]),
      },
    ])
    const sarif: unknown = JSON.parse((await run(['lint', '--format=sarif', '-'], refused)).out)
    expect(sarif).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          results: expect.arrayContaining([
            expect.objectContaining({
              ruleId: 'INVALID_EFFECT',
              level: 'error',
              locations: [
                expect.objectContaining({
                  physicalLocation: expect.objectContaining({
                    region: expect.objectContaining({ startLine: 5, startColumn: 17 }),
                  }),
                }),
              ],
            }),
          ]),
        },
      ],
    })
  })

  test('external access is judged with --account, and not taken for absent without it', async () => {
    const foreign = 'arn:aws:iam::444455556666:role/x'
    const file = JSON.stringify(
      policy(allow('kms:*', to(`arn:aws:iam::${home}:root`)), allow('kms:*', to(foreign))),
    )
    const without = await run(['lint', '-'], file)
    expect(without.status).toBe(1)
    expect(without.out).toContain('ACCOUNT_NOT_KNOWN')
    expect(without.err).toContain('no --account given')
    const given = await run(['lint', '--account', home, '-'], file)
    expect(given.status).toBe(1)
    expect(given.out).toContain('EXTERNAL_ACCESS')
    expect(given.err).toBe('')
    expect((await run(['lint', '--account', '12', '-'], file)).err).toContain('12 digits')
    expect((await run(['explain', '--account', home, '-'], file)).status).toBe(3)
  })

  test('--help says what an omitted input means', async () => {
    const { status, out } = await run(['--help'])
    expect(status).toBe(0)
    for (const words of ['an omitted input', '[] ', 'null ', 'assumed', '--account'])
      expect(out).toContain(words)
  })

  test('the type chooses the grammar', async () => {
    const { status, out } = await run(['lint', '--type', 'identity', '-'], good)
    expect(status).toBe(2)
    expect(out).toContain('UNSUPPORTED_PRINCIPAL')
  })

  test('arguments that are none are refused with the usage', async () => {
    expect(parseArguments(['--type', 'bucket', 'x'])).toContain('--type must be one of')
    expect(parseArguments(['--colour', 'x'])).toContain('--colour')
    expect(parseArguments([])).toContain('no file')
    expect(parseArguments(['--format=json', '--type', 'scp', 'a', '-', '--', '--b'])).toEqual({
      type: 'scp',
      format: 'json',
      files: ['a', '-', '--b'],
    })
    const { status, err } = await run(['delete'])
    expect(status).toBe(3)
    expect(err).toContain('Usage')
  })
})

test(`the account number of a case is text: ${home}`, async () => {
  const { out } = await run(
    ['evaluate'],
    JSON.stringify({
      request: { principal: home, action: 'kms:Decrypt', resource: key },
      keyPolicy: JSON.stringify(delegating),
    }),
  )
  expect(JSON.parse(out)).toMatchObject({ result: 'allow' })
})
