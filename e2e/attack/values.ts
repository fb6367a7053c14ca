/** What is put where something of ours should stand. */
import type { Random } from './random'

/**
 * References of React's wire format: promises, files, functions, and what
 * throws when it is looked at.
 */
const wireReferences = [
  '$T',
  '$T1',
  '$@0',
  '$@1',
  '$@',
  '$F1',
  '$h1',
  '$Q1',
  '$W1',
  '$K1',
  '$B1',
  '$i1',
  '$0',
  '$1:constructor',
  '$1:__proto__:then',
  '$undefined',
  '$NaN',
  '$-Infinity',
  '$-0',
  '$D9999-12-31',
  '$Dnonsense',
  '$n99999999999999999999',
  '$nx',
  '$g1',
  '$R1',
  '$r1',
  '$Sreact.element',
  '$$escaped',
  '$',
  '$L1',
  '$E{}',
  '$Y',
  '$P1',
  '$Ufoo',
]

const texts = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  'undefined',
  'true',
  'NaN',
  '[]',
  '{}',
  '\0',
  'a\0b',
  '\ud83d',
  '\u202e',
  '\u001b]0;pwn\u0007',
  "'",
  '"',
  "' OR 1=1 --",
  '\'; DROP TABLE "Key"; --',
  '%',
  '%00',
  '%ff',
  '%25',
  '../../../../etc/passwd',
  '\\\\host\\share',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  'javascript:alert(1)',
  '//evil.example',
  'https://evil.example/',
  'http://169.254.169.254/latest/meta-data/',
  '=1+1',
  '\r\nset-cookie: x=y',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-23:59',
  '2026-02-30',
  '1e309',
  '-0',
  '9'.repeat(400),
  'x'.repeat(20_000),
  '00000000-0000-0000-0000-000000000000',
  '000000000000',
  'arn:aws:kms:::key/',
  'arn:aws:iam::000000000000:root',
  '*',
  '${x}',
  '{{7*7}}',
]
const plain: unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e21,
  Number.MAX_SAFE_INTEGER,
  [],
  {},
  [[]],
  [null],
  { length: 1e9 },
  { then: 1 },
  { toString: 1 },
  { constructor: { prototype: {} } },
]

export const nastyText = (random: Random): string =>
  random.pick(random.once(4) ? wireReferences : texts)
export const nastyValue = (random: Random): unknown =>
  random.once(3) ? random.pick(plain) : nastyText(random)

/** A copy with one or a few of its members replaced, taken away or doubled. */
export function mutate(value: unknown, random: Random, real: readonly string[]): unknown {
  if (random.once(3)) return random.once(3) ? random.pick(real) : nastyValue(random)
  if (Array.isArray(value) && value.length > 0) {
    const at = random.next(value.length)
    const changed: unknown[] = value.map((one: unknown, index) =>
      index === at ? mutate(one, random, real) : one,
    )
    if (random.once(8)) return [...changed, ...changed]
    return random.once(8) ? changed.slice(1) : changed
  }
  if (typeof value !== 'object' || value === null)
    return random.once(2) ? random.pick(real) : nastyValue(random)
  const names = Object.keys(value)
  if (names.length === 0) return nastyValue(random)
  const chosen = random.pick(names)
  const members = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (name !== chosen) return [[name, member]]
    return random.once(6) ? [] : [[name, mutate(member, random, real)]]
  })
  if (random.once(10))
    members.push([random.pick(['__proto__', 'constructor', 'x', 'id']), nastyValue(random)])
  return Object.fromEntries(members)
}
