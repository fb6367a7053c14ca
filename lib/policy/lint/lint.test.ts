import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../evaluate'
import { allow, ann, delegating, deny, home, key, role, root, to, when } from '../test/examples'
import { catalog } from './catalog'
import { accessExamples, publicRoads } from './test/examples-access'
import { conditionExamples } from './test/examples-conditions'
import { delegation, document, elementExamples, type RuleExample } from './test/examples'
import { lintPolicy, type LintFinding } from './lint'

const examples = [...elementExamples, ...conditionExamples, ...accessExamples]

function lint(
  { type = 'key', facts }: Pick<RuleExample, 'type' | 'facts'>,
  statements: RuleExample['fires'],
): LintFinding[] {
  return lintPolicy(JSON.stringify(document(statements), null, 2), type, facts)
}

describe('each rule fires, and leaves its near miss alone', () => {
  test.each(
    examples.map((example, at): [string, RuleExample] => [`${example.code} (${at})`, example]),
  )('%s', (_name, example) => {
    const fired = lint(example, example.fires).filter(({ code }) => code === example.code)
    expect(fired).not.toEqual([])
    for (const finding of fired) {
      expect(finding.id).toBe(catalog[example.code].id)
      expect(finding.message.length * finding.fix.length).toBeGreaterThan(0)
    }
    expect(lint(example, example.silent).map(({ code }) => code)).not.toContain(example.code)
  })

  test('no rule without an example', () => {
    const shown = new Set<string>(examples.map(({ code }) => code))
    expect(Object.keys(catalog).filter((code) => !shown.has(code))).toEqual([])
  })
})

const console_ = [
  delegation,
  {
    Sid: 'Allow access for Key Administrators',
    ...allow(
      [
        'kms:Create*',
        'kms:Describe*',
        'kms:Enable*',
        'kms:List*',
        'kms:Put*',
        'kms:Update*',
        'kms:Revoke*',
        'kms:Disable*',
        'kms:Get*',
        'kms:Delete*',
        'kms:TagResource',
        'kms:UntagResource',
        'kms:ScheduleKeyDeletion',
        'kms:CancelKeyDeletion',
        'kms:RotateKeyOnDemand',
      ],
      to(ann),
    ),
  },
  {
    Sid: 'Allow use of the key',
    ...allow(
      ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      to(role),
    ),
  },
  {
    Sid: 'Allow attachment of persistent resources',
    ...allow(['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'], {
      ...to(role),
      ...when('Bool', 'kms:GrantIsForAWSResource', 'true'),
    }),
  },
]
const managed = [
  {
    Sid: 'Allow access through S3 for all principals in the account that are authorized to use S3',
    ...allow(
      ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      {
        ...to('*'),
        Condition: {
          StringEquals: {
            'kms:CallerAccount': home,
            'kms:ViaService': 's3.eu-west-1.amazonaws.com',
          },
        },
      },
    ),
  },
  {
    Sid: 'Allow direct access to key metadata to the account',
    ...allow(['kms:Describe*', 'kms:Get*', 'kms:List*'], to(root)),
  },
]

describe('what AWS itself writes', () => {
  const worst = (statements: RuleExample['fires'], facts = {}): string[] =>
    lint({ facts }, statements)
      .filter(({ severity }) => severity !== 'suggestion')
      .map(({ code, path }) => `${code} ${path}`)

  test('the default of the API says nothing at all', () =>
    expect(lint({}, [delegation])).toEqual([]))
  test('the default of the console has suggestions only', () => {
    expect(worst(console_)).toEqual([])
    expect(
      worst(console_, {
        accountId: home,
        keySpec: 'SYMMETRIC_DEFAULT',
        keyUsage: 'ENCRYPT_DECRYPT',
        knownAccounts: [home],
      }),
    ).toEqual([])
  })
  test('keys of AWS are not public, and that nobody changes their policy is how they are', () => {
    expect(worst(managed)).toEqual([])
    expect(worst([managed[1] ?? {}])).toEqual(['NO_POLICY_ADMINISTRATOR '])
    expect(worst([managed[1] ?? {}], { keyManager: 'AWS' })).toEqual([])
  })
})

describe('what other tools get wrong', () => {
  test.each(publicRoads.slice(0, 4).map(({ fires }): [RuleExample['fires']] => [fires]))(
    'called not public elsewhere: %j',
    (fires) => {
      expect(lint({}, fires)).toContainEqual(
        expect.objectContaining({
          code: 'PUBLIC_ACCESS',
          id: 'POL-01',
          severity: 'security-warning',
        }),
      )
    },
  )
  test('4: actions do not matter, NotPrincipal and wildcard accounts count, a bounding condition is believed', () => {
    const codes = (statement: object): string[] =>
      lint({}, [delegation, { ...statement }]).map(({ code }) => code)
    expect(codes(allow('kms:DescribeKey', { Principal: '*' }))).toContain('PUBLIC_ACCESS')
    expect(
      codes({ Effect: 'Allow', NotPrincipal: { AWS: root }, Action: 'kms:*', Resource: '*' }),
    ).toContain('PUBLIC_ACCESS')
    expect(
      codes(
        allow('kms:Decrypt', {
          Principal: '*',
          ...when('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:root'),
        }),
      ),
    ).toContain('PUBLIC_ACCESS')
    expect(codes(allow('s3:GetObject', { Principal: '*' }))).not.toContain('PUBLIC_ACCESS')
    expect(
      codes(
        allow('kms:Decrypt', { Principal: '*', ...when('StringEquals', 'aws:SourceOwner', home) }),
      ),
    ).not.toContain('PUBLIC_ACCESS')
  })
})

test("without facts strangers are unknown, not absent, where the key's account is not to be seen", () => {
  const codes = lint({}, [
    { ...allow('kms:*', to(root)) },
    allow('kms:*', to('arn:aws:iam::444455556666:root')),
  ]).map(({ code }) => code)
  expect(codes).not.toContain('EXTERNAL_ACCESS')
  expect(codes).not.toContain('EXTERNAL_ACCOUNT_TRUST')
  expect(codes).toContain('ACCOUNT_NOT_KNOWN')
  const alone = lint({}, [allow('kms:Decrypt', to(role))]).filter(
    ({ code }) => code === 'ACCOUNT_NOT_KNOWN',
  )
  expect(alone).toMatchObject([{ severity: 'suggestion' }])
  const known = lint({ facts: { accountId: home } }, [
    allow('kms:*', to(root)),
    allow('kms:*', to('arn:aws:iam::444455556666:role/x')),
  ])
  expect(known).toContainEqual(
    expect.objectContaining({ code: 'CREATE_GRANT_NOT_BOUND', severity: 'security-warning' }),
  )
  expect(known.map(({ code }) => code)).not.toContain('ACCOUNT_NOT_KNOWN')
})

test('a Region in the ARN of a principal is refused, as KMS refuses it', () => {
  const [finding] = lint({}, [
    delegation,
    allow('kms:Decrypt', to(`arn:aws:iam:us-east-1:${home}:role/app`)),
  ])
  expect(finding).toMatchObject({
    code: 'ARN_REGION_NOT_ALLOWED',
    severity: 'error',
    path: 'Statement[1].Principal.AWS',
  })
})

test('lint and the evaluator agree about a condition that a key policy never meets', () => {
  const statement = allow('kms:Decrypt', {
    ...to(ann),
    ...when('ForAnyValue:StringEquals', 'kms:ResourceAliases', 'alias/a'),
  })
  const request = {
    principal: ann,
    action: 'kms:Decrypt',
    resource: key,
    context: { 'kms:ResourceAliases': ['alias/a'] },
  }
  expect(lint({}, [delegation, statement]).map(({ code }) => code)).toContain(
    'UNSUPPORTED_CONDITION_KEY_FOR_POLICY',
  )
  expect(evaluate({ request, keyPolicy: document([statement]) }).result).toBe('deny')
  const held = document(
    allow('kms:Decrypt', when('ForAnyValue:StringEquals', 'kms:ResourceAliases', 'alias/a')),
  )
  expect(evaluate({ request, keyPolicy: delegating, identityPolicies: [held] }).result).toBe(
    'allow',
  )
})

test('a finding stands where its cause stands', () => {
  const text = JSON.stringify(
    document([delegation, allow(['kms:Decrypt', 's3:GetObject'], to(role))]),
    null,
    2,
  )
  const [finding] = lintPolicy(text, 'key').filter(
    ({ code }) => code === 'UNSUPPORTED_ACTION_IN_POLICY',
  )
  expect(finding?.path).toBe('Statement[1].Action[1]')
  expect(text.slice(finding?.range.start.offset, finding?.range.end.offset)).toBe('"s3:GetObject"')
})

test.each(['aws', 'aws-cn', 'aws-us-gov'])(
  'the account to list beside a user is of its partition, %s',
  (partition) => {
    const user = `arn:${partition}:iam::${home}:user/ann`
    const [found] = lint({}, { ...deny(), NotPrincipal: { AWS: user } }).filter(
      ({ code }) => code === 'DENY_WITH_INCOMPLETE_NOT_PRINCIPAL',
    )
    expect(found?.message).toContain(`arn:${partition}:iam::${home}:root`)
  },
)

describe('properties', () => {
  const all = examples
    .flatMap(({ fires, silent }) => [fires, silent])
    .flat()
    .filter((one) => 'Effect' in one)
  const statements = fc.array(fc.constantFrom(...all), { minLength: 1, maxLength: 6 })
  const said = (findings: LintFinding[]): string[] =>
    findings.map(({ code, severity, message }) => `${severity} ${code} ${message}`).sort()

  test('the order of statements does not matter', () =>
    fc.assert(
      fc.property(
        statements.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          expect(said(lint({}, shuffled))).toEqual(said(lint({}, list)))
        },
      ),
      { numRuns: 400 },
    ))

  test('the same text has the same findings', () =>
    fc.assert(
      fc.property(statements, (list) => {
        expect(lint({}, list)).toEqual(lint({}, list))
      }),
      { numRuns: 30 },
    ))

  test('no mutated document makes it throw or hang', () => {
    const texts = [delegating, ...examples.map(({ fires }) => document(fires))]
      .map((one) => JSON.stringify(one))
      .filter(({ length }) => length < 5000)
    const piece = fc.constantFrom(
      '"',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '*',
      '${',
      '}',
      'null',
      '"*"',
      '\\u0000',
      '0',
      '\uD800',
      'arn:',
      '[]',
      '{}',
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(4), piece), {
          maxLength: 6,
        }),
        fc.constantFrom('key' as const, 'identity' as const, 'scp' as const, 'rcp' as const),
        (text, changes, type) => {
          let mutated = text
          for (const [where, cut, put] of changes) {
            const at = Math.floor(where * mutated.length)
            mutated = mutated.slice(0, at) + put + mutated.slice(at + cut)
          }
          for (const { range } of lintPolicy(mutated, type))
            expect(range.end.offset).toBeLessThanOrEqual(mutated.length)
        },
      ),
      { numRuns: 4000 },
    )
  })

  test.each([
    [
      'wildcards',
      JSON.stringify(
        document(
          allow(
            Array.from({ length: 5000 }, (_, at) => `k*${at % 7}`),
            to(role),
          ),
        ),
      ),
    ],
    [
      'statements',
      JSON.stringify(
        document(Array.from({ length: 420 }, () => allow('kms:*', { Principal: '*' }))),
      ),
    ],
    [
      'principals',
      JSON.stringify(
        document(
          allow(
            'kms:*',
            to(...Array.from({ length: 700 }, (_, at) => `arn:aws:iam::${home}:role/r${at}`)),
          ),
        ),
      ),
    ],
    [
      'conditions',
      JSON.stringify(
        document(
          allow('kms:*', {
            ...to(role),
            Condition: {
              StringLike: Object.fromEntries(
                Array.from({ length: 900 }, (_, at) => [`kms:x${at}`, '*?*?*']),
              ),
            },
          }),
        ),
      ),
    ],
  ])('32 KB of %s take no time', (_name, text) => {
    lintPolicy(text, 'key')
    const start = process.cpuUsage()
    lintPolicy(text, 'key')
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(400)
  })
})
