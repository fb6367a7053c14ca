import { describe, expect, test } from 'vitest'
import {
  alias,
  allow,
  ann,
  ask,
  delegating,
  deny,
  eve,
  foreignRoot,
  full,
  grant,
  home,
  key,
  policy,
  role,
  session,
  to,
  when,
} from './test/examples'
import { evaluate } from './evaluate'
import { parsePolicy } from './parse'
import { rangeOf } from './locate'

const awsAlias = alias.replace('alias/', 'alias/aws/')

describe('the path of an answer', () => {
  test('an explicit deny names the statements that deny, and nothing else', () => {
    const { because } = ask({
      keyPolicy: delegating,
      identityPolicies: [policy(allow()), policy({ Sid: 'NoDecrypt', ...deny('kms:Decrypt') })],
    })
    expect(because).toEqual([
      {
        source: 'identityPolicies',
        index: 1,
        sid: 'NoDecrypt',
        effect: 'Deny',
        path: 'Statement[0]',
        text: `Statement 1 ("NoDecrypt") of identity policy 2 denies kms:Decrypt to ${session}.`,
      },
    ])
  })

  test('an allow names delegation and the identity policy that uses it', () => {
    const { because } = ask({
      keyPolicy: delegating,
      identityPolicies: [policy(allow('s3:*'), allow('kms:Decrypt'))],
    })
    expect(because.map(({ source, path, sid }) => [source, path, sid])).toEqual([
      ['keyPolicy', 'Statement[0]', 'Enable IAM User Permissions'],
      ['identityPolicies', 'Statement[1]', null],
    ])
    expect(because[0]?.text).toContain(`to account ${home}, whose IAM policies decide`)
  })

  test('an allow by name leaves IAM out, which it does not need', () => {
    const { because } = ask({
      as: ann,
      keyPolicy: policy(allow('kms:*', to(ann))),
      identityPolicies: [policy(allow())],
    })
    expect(because.map(({ source }) => source)).toEqual(['keyPolicy'])
  })

  test('an allow by name leaves out a trust in the account that IAM does not use', () => {
    const { because } = ask({
      as: ann,
      keyPolicy: policy(allow('kms:*', to(home)), allow('kms:*', to(ann))),
    })
    expect(because.map(({ path }) => path)).toEqual(['Statement[1]'])
  })

  test('an allow through a grant names the grant', () => {
    const { because } = ask({ as: ann, grants: [grant(eve), grant(ann, { Name: 'orders' })] })
    expect(because).toMatchObject([{ source: 'grants', index: 1, sid: 'orders', effect: 'Allow' }])
  })

  test('control policies are named by level and policy', () => {
    const { because } = ask({
      as: ann,
      keyPolicy: policy(allow('kms:*', to(ann))),
      serviceControlPolicies: [[full], [full, policy(deny('kms:*'))]],
    })
    expect(because).toMatchObject([
      { source: 'serviceControlPolicies', index: 1, path: '[1].Statement[0]' },
    ])
    expect(because[0]?.text).toContain('of level 2')
  })

  test('a no without a Deny names what is silent, and the condition that stood in the way', () => {
    const { because } = ask({
      keyPolicy: delegating,
      identityPolicies: [
        policy(allow('kms:Decrypt', when('StringEquals', 'aws:PrincipalOrgID', 'o-1'))),
      ],
      context: { 'aws:PrincipalOrgID': 'o-2' },
    })
    expect(because.map(({ source }) => source)).toEqual([
      'keyPolicy',
      'grants',
      'identityPolicies',
      'identityPolicies',
    ])
    expect(because[3]).toMatchObject({
      path: 'Statement[0].Condition.StringEquals.aws:PrincipalOrgID',
      effect: 'Allow',
    })
    expect(because[3]?.text).toContain('the request has "o-2"')
  })

  test('a depends points at the condition that decides', () => {
    const { result, because } = ask({
      as: ann,
      contextComplete: false,
      keyPolicy: policy(
        allow('kms:*', {
          ...to(ann),
          Condition: {
            StringEquals: {
              'aws:PrincipalArn': ann,
              'kms:ViaService': 's3.us-west-2.amazonaws.com',
            },
          },
        }),
      ),
    })
    expect(result).toBe('depends')
    expect(because).toMatchObject([
      {
        source: 'keyPolicy',
        path: 'Statement[0].Condition.StringEquals.kms:ViaService',
        effect: 'Allow',
      },
    ])
  })

  test('an unknown says which input is missing', () => {
    const { because } = ask({
      as: ann,
      keyPolicy: policy(allow('kms:*', to(ann))),
      serviceControlPolicies: null,
    })
    expect(because).toMatchObject([{ source: 'serviceControlPolicies', effect: null }])
    expect(because[0]?.text).toBe(
      'The service control policies could not be read, in whole or in part; what they allow or deny is not known.',
    )
  })

  test('an operation that does not work across accounts says so', () => {
    const { because } = ask({
      as: eve,
      action: 'kms:PutKeyPolicy',
      keyPolicy: policy(allow('kms:*', to(eve))),
      identityPolicies: [policy(allow())],
    })
    expect(because[0]?.text).toBe(
      'kms:PutKeyPolicy has no effect for a principal of another account, whatever the policies allow.',
    )
  })

  test('what AWS leaves open is said, each in its own words', () => {
    const text = (question: Parameters<typeof ask>[0]) =>
      ask(question)
        .because.map((one) => one.text)
        .join(' ')
    const short = policy(allow('kms:Decrypt', { Resource: 'arn:aws:kms:*:key/*' }))
    expect(text({ keyPolicy: delegating, identityPolicies: [short] })).toContain(
      'fewer than six parts',
    )
    expect(
      text({ permissionBoundaries: [policy(allow('s3:*'))], grants: [grant(role)] }),
    ).toContain('boundary or session policy does not')
    const listed = { ...deny(), NotPrincipal: { AWS: ann } }
    expect(text({ as: ann, keyPolicy: policy(allow('kms:*', to(ann)), listed) })).toContain(
      'not its account',
    )
    const either = when('ForAnyValue:StringEqualsIfExists', 'aws:TagKeys', 'a')
    expect(
      text({ as: ann, keyPolicy: policy(allow('kms:*', { ...to(ann), ...either })) }),
    ).toContain('ForAnyValue:StringEqualsIfExists holds')
    const unissued = grant(eve, { IssuingAccount: undefined })
    const retires = { as: ann, action: 'kms:RetireGrant', identityPolicies: [policy(allow())] }
    expect(text({ ...retires, grants: [unissued] })).toContain(
      'does not say which account issued it',
    )
    expect(text({ ...retires, grants: [grant(eve, { IssuingAccount: foreignRoot })] })).toContain(
      'which owns the key',
    )
    expect(text({ as: role, keyPolicy: policy(allow('kms:*', to(session))) })).toContain(
      'only in the session that it names',
    )
    expect(text({ as: role, grants: [grant(session)] })).toContain(`only as the session ${session}`)
    expect(
      text({
        as: ann,
        action: 'kms:UpdateAlias',
        on: awsAlias,
        identityPolicies: [policy(allow())],
      }),
    ).toContain('belong to AWS')
    const byAlias = when('ForAnyValue:StringEquals', 'kms:ResourceAliases', 'alias/a')
    const question = { as: ann, keyPolicy: policy(allow('kms:*', { ...to(ann), ...byAlias })) }
    expect(text({ ...question, context: { 'kms:ResourceAliases': ['alias/a'] } })).toContain(
      'never shows kms:ResourceAliases to this kind of policy',
    )
  })

  test('its paths lead to places in the document', () => {
    const text = JSON.stringify(policy({ Sid: 'X', ...deny('kms:*', to(ann)) }), null, 2)
    const keyPolicy = parsePolicy(text, 'key')
    const [cause] = evaluate({
      request: { principal: ann, action: 'kms:Decrypt', resource: key },
      keyPolicy,
    }).because
    const statement = keyPolicy.statements.find(({ path }) => path === cause?.path)
    expect(statement && rangeOf(keyPolicy, statement.span).start).toMatchObject({
      line: 4,
      column: 5,
    })
  })
})

describe('a request that is none', () => {
  test.each([
    [{ principal: 'ann', action: 'kms:Decrypt', resource: key }, 'request.principal'],
    [
      { principal: 'arn:aws:iam::1:user/ann', action: 'kms:Decrypt', resource: key },
      'request.principal',
    ],
    [
      { principal: `arn:aws:iam::${home}:group/g`, action: 'kms:Decrypt', resource: key },
      'request.principal',
    ],
    [{ principal: ann, action: 'Decrypt', resource: key }, 'request.action'],
    [{ principal: ann, action: 'kms:*', resource: key }, 'request.action'],
    [{ principal: ann, action: 'kms:Decript', resource: key }, 'did you mean "kms:Decrypt"?'],
    [{ principal: ann, action: 'kms:constructor', resource: key }, 'is no action of KMS'],
    [{ principal: ann, action: 'kms:Decrypt', resource: 'alias/x' }, 'request.resource'],
  ])('%j', (request, field) => {
    expect(() => evaluate({ request })).toThrow(field)
  })
})
