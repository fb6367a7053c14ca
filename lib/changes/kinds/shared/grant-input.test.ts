import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toCanonical } from '../hash'
import { openSandboxFixture, other, own, type SandboxFixture } from '../../test/sandbox-fixture'
import { grantCreate } from '../grant-create/kind'
import { grantInput, type GrantInput } from './grant-input'
import { describeGrantImpact } from './grant-impact'
import { grantOperations } from '../../../kms/grant-operations'
import { riskOfGrant } from './grant-risk'
import { grantStatements } from './grant-session'

const role = `arn:aws:iam::${own}:role/payments/api`
const whole = `arn:aws:iam::${other}:root`
const ask = (more: object) =>
  grantInput.safeParse({ granteePrincipal: role, operations: ['Decrypt'], ...more })
const table = `arn:aws:dynamodb:eu-west-1:${own}:table/bookings`
const service = {
  granteePrincipal: null,
  granteeServicePrincipal: 'dynamodb.amazonaws.com',
  retiringServicePrincipal: 'dynamodb.amazonaws.com',
  constraints: { SourceArn: table },
}
const pairs = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, 'v']))

describe('what a request for a grant says', () => {
  it.each([
    ['nobody', { granteePrincipal: null }, /who may use/],
    ['everyone', { granteePrincipal: '*' }, /everyone/],
    ['a bare account', { granteePrincipal: other }, new RegExp(`arn:aws:iam::${other}:root`)],
    ['a group', { granteePrincipal: `arn:aws:iam::${own}:group/ops` }, /group/],
    ['an organization', { granteePrincipal: 'o-abcdefgh12' }, /organization/],
    ['a deleted principal', { granteePrincipal: 'AROAABCDEFGHIJKLMNOPQ' }, /deleted/],
    ['a service among principals', { granteePrincipal: 'dynamodb.amazonaws.com' }, /SourceArn/],
    [
      'an alias of a key',
      { granteePrincipal: `arn:aws:kms:eu-west-1:${own}:alias/x` },
      /ARN of an account/,
    ],
    ['a name with a space', { granteePrincipal: `arn:aws:iam::${own}:role/a b` }, /ARN/],
    ['no operation', { operations: [] }, /at least one/],
    ['an unknown operation', { operations: ['Fly'] }, /operation/],
    ['principal and service', { ...service, granteePrincipal: role }, /not for both/],
    ['a service without a resource', { ...service, constraints: null }, /SourceArn/],
    ['a service nobody retires', { ...service, retiringServicePrincipal: null }, /retires/],
    [
      'two who retire',
      { retiringPrincipal: role, retiringServicePrincipal: 'dynamodb.amazonaws.com' },
      /not both/,
    ],
    [
      'a service with too few labels',
      { ...service, granteeServicePrincipal: 'dynamodb' },
      /as AWS names it/,
    ],
    [
      'a bucket as source',
      { ...service, constraints: { SourceArn: 'arn:aws:s3:::some-bucket-name' } },
      /account/,
    ],
    [
      'two contexts',
      { constraints: { EncryptionContextEquals: pairs(1), EncryptionContextSubset: pairs(1) } },
      /Choose/,
    ],
    ['an empty context', { constraints: { EncryptionContextEquals: {} } }, /at least one pair/],
    ['nine pairs', { constraints: { EncryptionContextSubset: pairs(9) } }, /at most 8/],
    ['a long value', { constraints: { EncryptionContextSubset: { a: 'x'.repeat(385) } } }, /384/],
    [
      'names that differ in case',
      { constraints: { EncryptionContextSubset: { Team: 'a', team: 'b' } } },
      /case only/,
    ],
    ['a field nobody knows', { grantToken: 'x' }, /grantToken/],
  ])('%s is refused in words', (_, more, words) => {
    const { error } = ask(more)
    expect(error?.issues.map(({ message }) => message).join(' ')).toMatch(words)
  })

  it('is one request, in whatever order its operations stand', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...grantOperations], { minLength: 1 }), (operations) => {
        const once = grantInput.parse({
          granteePrincipal: role,
          operations: [...operations, ...operations],
          constraints: {},
        })
        const sorted = grantInput.parse({
          granteePrincipal: role,
          operations: [...operations].sort(),
        })
        expect(toCanonical(once)).toBe(toCanonical(sorted))
        expect(grantInput.parse(once)).toEqual(once)
      }),
    )
  })
})

describe('the session policy', () => {
  const key = `arn:aws-us-gov:kms:us-gov-west-1:${own}:key/mrk-${'0'.repeat(32)}`

  it('is taken by STS for the longest request there is, and holds nothing but Latin letters', () => {
    const longest = (account: string) => `arn:aws-us-gov:iam::${account}:role/`.padEnd(256, 'x')
    const anything = fc.dictionary(
      fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }),
      fc.string({ maxLength: 384, unit: 'binary' }),
      { minKeys: 1, maxKeys: 8 },
    )
    fc.assert(
      fc.property(anything, fc.boolean(), (context, exactly) => {
        const input = grantInput.safeParse({
          granteePrincipal: longest(own),
          retiringPrincipal: longest(other),
          operations: [...grantOperations],
          constraints: {
            ...(exactly
              ? { EncryptionContextEquals: context }
              : { EncryptionContextSubset: context }),
            SourceArn: `${table}/`.padEnd(512, 'y'),
          },
        })
        fc.pre(input.success)
        if (!input.data) return
        const text = JSON.stringify({
          Version: '2012-10-17',
          Statement: grantStatements(key, input.data),
        })
        expect(text.length).toBeLessThanOrEqual(2_048)
        expect(text).toMatch(/^[\x20-\xff]*$/)
      }),
      { numRuns: 30 },
    )
  })
})

describe('against KMS', () => {
  let fixture: SandboxFixture
  beforeAll(async () => {
    fixture = await openSandboxFixture()
  })
  afterAll(() => fixture.close())

  it('what is taken here KMS takes, and the session policy lets it through', async () => {
    const key = await fixture.makeKey()
    const symmetric = grantOperations.filter(
      (operation) => !/Sign|Verify|Mac|PublicKey|Shared|capsulate/.test(operation),
    )
    const principal = fc.constantFrom(
      whole,
      `arn:aws:iam::${own}:user/admin`,
      `arn:aws:iam::${own}:role/ClavigerRead`,
      `arn:aws:sts::${other}:assumed-role/ClavigerRead/me`,
    )
    const context = fc.dictionary(
      fc.string({ minLength: 1, maxLength: 30 }),
      fc.string({ maxLength: 384 }),
      { minKeys: 1, maxKeys: 8 },
    )
    const asked = fc.record({
      granteePrincipal: principal,
      operations: fc.subarray(symmetric, { minLength: 1 }),
      retiringPrincipal: fc.option(principal),
      constraints: fc.option(
        fc.oneof(
          context.map((EncryptionContextEquals) => ({ EncryptionContextEquals })),
          context.map((EncryptionContextSubset) => ({ EncryptionContextSubset })),
          fc.constant({ SourceArn: table }),
        ),
      ),
    })
    await fc.assert(
      fc.asyncProperty(asked, async (one) => {
        fc.pre(grantInput.safeParse(one).success)
        const { plan, dry } = await fixture.open(grantCreate, key, one)
        expect(await plan.dryRun?.(dry)).toMatchObject({ would: 'succeed' })
      }),
      { numRuns: 60 },
    )
  })
})

describe('what is at stake', () => {
  const place = {
    accountId: own,
    region: 'eu-west-1',
    partition: 'aws',
    keyArn: `arn:aws:kms:eu-west-1:${own}:key/k`,
  }
  const endsAt = '2026-12-01T00:00:00.000Z'
  const about = (more: Partial<GrantInput>, end: string | null = endsAt) => ({
    place,
    key: null,
    endsAt: end,
    input: grantInput.parse({ granteePrincipal: role, operations: ['Decrypt'], ...more }),
  })
  const bound = { EncryptionContextEquals: { team: 'data' } }

  it.each([
    ['reading with a context, in the own account', about({ constraints: bound }), 'low'],
    ['verifying', about({ operations: ['Verify', 'GetPublicKey'] }), 'low'],
    ['the same without an end', about({ constraints: bound }, null), 'medium'],
    ['writing', about({ operations: ['Encrypt', 'GenerateDataKey'] }), 'medium'],
    ['a service on a resource', about({ ...service, operations: ['Decrypt'] }), 'medium'],
    ['reading everything', about({}), 'high'],
    ['moving everything to another key', about({ operations: ['ReEncryptFrom'] }), 'high'],
    [
      'another account',
      about({ granteePrincipal: `arn:aws:iam::${other}:role/x`, constraints: bound }),
      'high',
    ],
    [
      'a session in another account',
      about({ granteePrincipal: `arn:aws:sts::${other}:assumed-role/x/y`, constraints: bound }),
      'high',
    ],
    [
      'a service for another account',
      about({ ...service, constraints: { SourceArn: table.replace(own, other) } }),
      'high',
    ],
    [
      'a whole account',
      about({ granteePrincipal: `arn:aws:iam::${own}:root`, constraints: bound }),
      'high',
    ],
    ['passing it on', about({ operations: ['DescribeKey', 'CreateGrant'] }), 'high'],
  ])('%s', (_, one, risk) => {
    const weighed = riskOfGrant(one)
    expect(weighed).toMatchObject({ risk })
    expect(weighed.reasons.length).toBeGreaterThan(0)
  })

  it('is never less for more operations, for fewer constraints or for no end', () => {
    const order = ['low', 'medium', 'high', 'critical']
    const rank = (one: ReturnType<typeof about>) => order.indexOf(riskOfGrant(one).risk)
    fc.assert(
      fc.property(
        fc.subarray([...grantOperations], { minLength: 1 }),
        fc.constantFrom(...grantOperations),
        fc.constantFrom(role, whole),
        fc.boolean(),
        (operations, more, granteePrincipal, isBound) => {
          const constraints = isBound ? bound : null
          const base = rank(about({ operations, granteePrincipal, constraints }))
          expect(
            rank(about({ operations: [...operations, more], granteePrincipal, constraints })),
          ).toBeGreaterThanOrEqual(base)
          expect(
            rank(about({ operations, granteePrincipal, constraints: null })),
          ).toBeGreaterThanOrEqual(base)
          expect(
            rank(about({ operations, granteePrincipal, constraints }, null)),
          ).toBeGreaterThanOrEqual(base)
        },
      ),
    )
  })

  it('names every operation, every pair and the end', () => {
    fc.assert(
      fc.property(
        fc.subarray([...grantOperations], { minLength: 1 }),
        fc.option(fc.constant(endsAt)),
        (operations, end) => {
          const { effects } = describeGrantImpact(
            about(
              {
                operations,
                constraints: { EncryptionContextSubset: { team: 'data', env: 'prod' } },
              },
              end,
            ),
          )
          const text = effects.join('\n')
          for (const operation of operations) expect(text).toContain(`(${operation})`)
          expect(text).toMatch(/team = data, env = prod/)
          expect(text).toContain(end ? '2026-12-01 00:00 UTC' : 'until somebody revokes it')
        },
      ),
    )
  })
})
