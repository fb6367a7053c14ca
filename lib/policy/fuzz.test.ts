import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PolicyType } from './document'
import { decide, evaluate } from './evaluate'
import { explainPolicy } from './explain/explain'
import { lintPolicy } from './lint/lint'
import { compilePattern, markWildcards, matchPattern } from './match'
import { parsePolicy } from './parse'
import { key } from './test/cases'

const types: PolicyType[] = ['key', 'identity', 'scp', 'rcp', 'boundary', 'session', 'endpoint']
const sound = JSON.stringify({
  Version: '2012-10-17',
  Id: 'x',
  Statement: [
    {
      Sid: 'A',
      Effect: 'Allow',
      Principal: { AWS: ['arn:aws:iam::111122223333:root', '*'], Service: 'logs.amazonaws.com' },
      Action: ['kms:*', 'kms:De?rypt'],
      Resource: '*',
      Condition: {
        'ForAnyValue:StringLikeIfExists': {
          'kms:EncryptionContextKeys': ['a*', "${aws:PrincipalTag/team, 'x'}"],
        },
        Bool: { 'aws:SecureTransport': true },
        IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:db8::/32'] },
        DateLessThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' },
        NumericEquals: { 'kms:RotationPeriodInDays': 90 },
        Null: { 'a:b': 'true' },
      },
    },
    {
      Effect: 'Deny',
      NotPrincipal: { AWS: 'arn:aws:iam::111122223333:user/ann' },
      NotAction: 'kms:Get*',
      NotResource: [key],
      Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/${*}x' } },
    },
  ],
})
const tokens = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u00',
  '\u0000',
  '*',
  '?',
  '${',
  '}',
  'null',
  'true',
  '-1e999',
  '0x1',
  '"AWS"',
  '{"__proto__":1}',
  '"Statement":',
  '\ud800',
  '💥',
  '"Effect":"Allow"',
  '[[[[[[[[',
  '"constructor"',
]

type Edit = [at: number, length: number, text: string]
const edit: fc.Arbitrary<Edit> = fc.tuple(
  fc.nat(sound.length),
  fc.nat(40),
  fc.oneof(
    fc.constantFrom(...tokens),
    fc.string({ maxLength: 12 }),
    fc.tuple(fc.nat(sound.length), fc.nat(80)).map(([at, length]) => sound.slice(at, at + length)),
  ),
)

function mutate(edits: Edit[]): string {
  return edits.reduce(
    (text, [at, length, insert]) => text.slice(0, at) + insert + text.slice(at + length),
    sound,
  )
}

describe('documents that are broken', () => {
  test('10,000 mutated ones are read and asked without a crash or a hang', () => {
    const seen = { broken: 0, refused: 0, accepted: 0 }
    const start = performance.now()
    fc.assert(
      fc.property(
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...types),
        (edits, type) => {
          const text = mutate(edits)
          const document = parsePolicy(text, type)
          for (const { range, message, code } of document.problems) {
            expect(range.start.offset).toBeLessThanOrEqual(range.end.offset)
            expect(range.end.offset).toBeLessThanOrEqual(text.length)
            expect(message).not.toBe('')
            expect(code).toMatch(/^[A-Z_]+$/)
          }
          for (const statement of document.statements)
            expect(text.slice(statement.span.start, statement.span.end)).not.toBe('')
          const request = {
            principal: 'arn:aws:iam::111122223333:role/app',
            action: 'kms:Decrypt',
            resource: key,
            context: { 'aws:SourceIp': '203.0.113.9', 'aws:PrincipalTag/team': 'x' },
            contextComplete: false,
          }
          const { result } = evaluate({
            request,
            keyPolicy: document,
            identityPolicies: [document],
            serviceControlPolicies: [[document]],
            vpcEndpointPolicies: [document],
          })
          // What cannot be read is never taken for an answer.
          if (document.broken) expect(result).toBe('unknown')
          seen[
            document.broken
              ? 'broken'
              : document.problems.some(({ severity }) => severity === 'error')
                ? 'refused'
                : 'accepted'
          ] += 1
        },
      ),
      { numRuns: 10_000 },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(10)
    expect(performance.now() - start).toBeLessThan(120_000)
  }, 180_000)

  test('any text at all', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.constantFrom('', ' ', '\uFEFF{}', 'null', '[]', '"x"', '{}', '{"Statement":null}'),
        ),
        (text) => {
          expect(parsePolicy(text, 'key').problems.length).toBeGreaterThan(0)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('reads JSON exactly as JSON.parse does', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.json(), fc.array(edit, { minLength: 1, maxLength: 2 }).map(mutate)),
        (text) => {
          const accepted = ((): boolean => {
            try {
              JSON.parse(text)
              return true
            } catch {
              return false
            }
          })()
          expect(
            !parsePolicy(text, 'identity').problems.some(
              ({ code }) => code === 'JSON_SYNTAX_ERROR',
            ),
          ).toBe(accepted)
        },
      ),
      { numRuns: 3000 },
    )
  })
})

describe('names that every object inherits', () => {
  const inherited = [...Object.getOwnPropertyNames(Object.prototype), 'prototype']
  const anyCase = inherited.flatMap((name) => [
    name,
    name.toUpperCase(),
    `aws:${name}`,
    `kms:${name}`,
    `aws:PrincipalTag/${name}`,
    `kms:EncryptionContext:${name}`,
    `aws:ResourceTag/${name}`,
  ])
  const name = fc.constantFrom(...anyCase)
  const orName = (...sound: string[]) =>
    fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...sound) }, { weight: 3, arbitrary: name })
  // As text: an object literal cannot have a member named __proto__.
  const json = (member: string, value: string): string => `{${JSON.stringify(member)}:${value}}`
  const statement = fc
    .record({
      effect: orName('Allow', 'Deny'),
      who: orName('AWS', 'Service', 'Federated'),
      whom: orName('*', `arn:aws:iam::111122223333:role/app`),
      action: orName('kms:*', 'kms:Decrypt'),
      resource: orName('*'),
      operator: orName('StringEquals', 'StringNotLike', 'Bool', 'Null', 'IpAddress'),
      condition: name,
      value: orName('true', 'x', '10.0.0.0/8'),
      element: orName('Sid'),
    })
    .map(({ effect, who, whom, action, resource, operator, condition, value, element }) =>
      [
        `"Effect":${JSON.stringify(effect)}`,
        `"Principal":${json(who, JSON.stringify(whom))}`,
        `"Action":${JSON.stringify(action)}`,
        `"Resource":${JSON.stringify(resource)}`,
        `"Condition":${json(operator, json(condition, JSON.stringify(value)))}`,
        `${JSON.stringify(element)}:"x"`,
      ].join(','),
    )
  const native = /native code|\[object|function /

  test('are read, linted, explained and asked as any other name', () => {
    const request = { principal: 'arn:aws:iam::111122223333:role/app', resource: key }
    const grantee = { GranteePrincipal: request.principal, Operations: ['Decrypt'] }
    fc.assert(
      fc.property(
        fc.array(statement, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...types),
        name,
        orName('ENCRYPT_DECRYPT'),
        (all, type, tag, odd) => {
          const text = `{"Version":"2012-10-17","Statement":[${all.map((one) => `{${one}}`).join(',')}]}`
          const context = Object.fromEntries([
            [tag, 'x'],
            [`kms:EncryptionContext:${tag}`, 'x'],
          ])
          const facts = { accountId: '111122223333', keyUsage: odd, keySpec: odd, principals: {} }
          for (const { message, fix } of lintPolicy(text, type, facts))
            expect(`${message} ${fix}`).not.toMatch(native)
          const { summary, statements } = explainPolicy(text, type)
          expect(
            [...summary, ...statements.flatMap(({ sentences }) => sentences)].join(' '),
          ).not.toMatch(native)
          const document = parsePolicy(text, type)
          const grants = [
            {
              ...grantee,
              Constraints: { EncryptionContextSubset: Object.fromEntries([[tag, 'x']]) },
            },
          ]
          const asked = { keyPolicy: document, identityPolicies: [document], grants }
          for (const { text: said } of evaluate({
            request: { ...request, action: 'kms:Decrypt', context },
            ...asked,
          }).because)
            expect(said).not.toMatch(native)
          if (/^[a-z]+$/i.test(tag))
            expect(() => evaluate({ request: { ...request, action: `kms:${tag}` } })).toThrow(
              'no action of KMS',
            )
        },
      ),
      { numRuns: 3000 },
    )
  })

  test.each(['constructor', '__proto__', 'toString'])(
    'a condition key %s has no meaning of its own',
    (key_) => {
      const text = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",
        "Action":"kms:Decrypt","Resource":"*","Condition":${json('StringEquals', json(key_, '"x"'))}}]}`
      expect(lintPolicy(text, 'key').map(({ code }) => code)).toContain('PUBLIC_ACCESS')
      expect(explainPolicy(text, 'key').statements[0]?.sentences.join(' ')).toContain(
        `the condition key ${key_} is "x"`,
      )
    },
  )
})

describe('hostile policies of 32 KB', () => {
  const pad = (head: string, filler: string, tail: string): string =>
    head + filler.repeat(Math.floor((32_700 - head.length - tail.length) / filler.length)) + tail
  const around = (inside: string): [string, string] => [
    `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",${inside}`,
    '}]}',
  ]
  const [resource, action] = [
    around('"Action":"kms:*","Resource":'),
    around('"Resource":"*","Action":'),
  ]
  const condition = around('"Action":"*","Resource":"*","Condition":{"StringLike":{"a:b":')
  const texts: [string, string][] = [
    ['one resource of *a*a*a', pad(`${resource[0]}"arn:aws:kms:*:*:*`, 'a*', `b"${resource[1]}`)],
    [
      'resources of *a*?*a',
      pad(`${resource[0]}["*"`, ',"arn:aws:kms:*:*:*k*?*e*?*y*?*1*?*b*z"', `]${resource[1]}`),
    ],
    ['one action of *?*?', pad(`${action[0]}"kms:`, '*?', `x"${action[1]}`)],
    ['a condition of *a*a*a', pad(`${condition[0]}"`, '*a', `b"}}${condition[1]}`)],
    [
      'a condition of aaa?aaa',
      pad(
        `${condition[0]}["x"`,
        `,"*${'a'.repeat(300)}?${'a'.repeat(300)}b*"`,
        `]}}${condition[1]}`,
      ),
    ],
    [
      'a condition of aaa?b?aaa',
      pad(
        `${condition[0]}["x"`,
        `,"*${'a'.repeat(30)}?ab?${'a'.repeat(30)}c*"`,
        `]}}${condition[1]}`,
      ),
    ],
    ['variables', pad(`${condition[0]}"`, '${a:b}', `"}}${condition[1]}`)],
    ['unclosed variables', pad(`${condition[0]}"`, '${', `"}}${condition[1]}`)],
    ['brackets', pad('{"Statement":', '[', '')],
    ['braces', pad('', '{"a":', '')],
    ['escapes', pad('{"Statement":"', '\\u0041', '"}')],
    [
      'statements',
      pad(
        '{"Statement":[{}',
        ',{"Effect":"Deny","Principal":"*","Action":"*y","Resource":"*"}',
        ']}',
      ),
    ],
    [
      'principals',
      pad(
        `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Principal":{"AWS":["*"`,
        ',"arn:aws:iam::111122223333:role/a"',
        ']}}]}',
      ),
    ],
    ['problems', pad('{"Statement":[1', ',1', ']}')],
  ]

  test.each(texts)('%s: parsed and asked in 50 ms', (_name, text) => {
    const ask = (): number => {
      const start = process.cpuUsage()
      decide({
        request: {
          principal: 'arn:aws:iam::111122223333:user/ann',
          action: 'kms:Decrypt',
          resource: key,
          context: { 'a:b': 'a'.repeat(2000) },
        },
        keyPolicy: parsePolicy(text, 'key'),
      })
      const { user, system } = process.cpuUsage(start)
      return (user + system) / 1000
    }
    // Processor time, best of several: what else runs on the machine is not ours.
    expect(Math.min(ask(), ask(), ask(), ask(), ask())).toBeLessThan(50)
  })
})

describe('wildcards', () => {
  test('match as the definition says', () => {
    // The textbook recurrence, table and all.
    const byTable = (pattern: string, text: string): boolean => {
      let row = [true, ...new Array<boolean>(text.length).fill(false)]
      for (const letter of pattern) {
        const next = [letter === '*' && row[0] === true]
        for (let j = 1; j <= text.length; j++) {
          next[j] =
            letter === '*'
              ? row[j] === true || next[j - 1] === true
              : row[j - 1] === true && (letter === '?' || letter === text[j - 1])
        }
        row = next
      }
      return row[text.length] === true
    }
    const letters = (alphabet: string, maxLength: number): fc.Arbitrary<string> =>
      fc.array(fc.constantFrom(...alphabet), { maxLength }).map((all) => all.join(''))
    fc.assert(
      fc.property(letters('ab*?', 9), letters('ab', 9), (pattern, text) => {
        expect(matchPattern(compilePattern(markWildcards(pattern)), text)).toBe(
          byTable(pattern, text),
        )
      }),
      { numRuns: 20_000 },
    )
  })
})
