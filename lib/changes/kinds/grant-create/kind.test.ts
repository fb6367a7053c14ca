import {
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DisableKeyCommand,
  EncryptCommand,
  ListGrantsCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failureOf } from '../../../sandbox/test/running'
import { openSandboxFixture, other, own, type SandboxFixture } from '../../test/sandbox-fixture'
import { runChange } from '../../test/run-change'
import { toCanonical } from '../hash'
import { grantCreate } from './kind'
import { grantOperations } from '../../../kms/grant-operations'

let fixture: SandboxFixture
beforeAll(async () => {
  fixture = await openSandboxFixture()
})
afterAll(() => fixture.close())

const context = { tenant: 'blue', purpose: 'backup' }
const decrypt = (grantee: string) => ({
  granteePrincipal: grantee,
  operations: ['Decrypt', 'DescribeKey'],
  constraints: { EncryptionContextEquals: context },
})
const grantsOn = async (keyArn: string | null) =>
  (await fixture.admin().send(new ListGrantsCommand({ KeyId: keyArn ?? '' }))).Grants ?? []
const idOf = (outcome: { grantId?: unknown }) => String(outcome.grantId)

describe('a grant to another account', () => {
  it('lets the grantee decrypt with the right context and not without, until it is undone', async () => {
    const place = await fixture.makeKey()
    const grantee = await fixture.makeUser()
    const { plan, changeId, ...clients } = await fixture.open(
      grantCreate,
      place,
      decrypt(grantee.arn),
    )
    const { CiphertextBlob } = await fixture.admin().send(
      new EncryptCommand({
        KeyId: place.keyArn ?? '',
        Plaintext: Buffer.from('bread'),
        EncryptionContext: context,
      }),
    )
    const use = (EncryptionContext?: Record<string, string>) =>
      grantee.kms.send(
        new DecryptCommand({ CiphertextBlob, KeyId: place.keyArn ?? '', EncryptionContext }),
      )
    expect(await failureOf(use(context))).toMatchObject({ name: 'AccessDeniedException' })

    const baseline = await plan.read(clients.read)
    expect(plan.refuse(baseline)).toBeNull()
    expect(await plan.dryRun?.(clients.dry)).toMatchObject({ would: 'succeed' })
    expect(await grantsOn(place.keyArn)).toEqual([])
    const done = await runChange(plan.doing(baseline), clients)
    expect(done).toMatchObject({ look: { is: 'done' }, sent: ['kms:CreateGrant'] })
    expect(await grantsOn(place.keyArn)).toMatchObject([
      {
        Name: changeId,
        GrantId: done.outcome.grantId,
        GranteePrincipal: grantee.arn,
        Constraints: { EncryptionContextEquals: context },
      },
    ])
    expect(Buffer.from((await use(context)).Plaintext ?? []).toString()).toBe('bread')
    expect(await failureOf(use())).toMatchObject({ name: 'AccessDeniedException' })
    expect(await failureOf(use({ ...context, tenant: 'red' }))).toMatchObject({
      name: 'AccessDeniedException',
    })

    const undoing = plan.undoing?.(baseline, done.outcome)
    expect(await runChange(undoing ?? plan.doing(baseline), clients)).toMatchObject({
      look: { is: 'done' },
      sent: ['kms:RevokeGrant'],
    })
    expect(await grantsOn(place.keyArn)).toEqual([])
    expect(await failureOf(use(context))).toMatchObject({ name: 'AccessDeniedException' })
  })

  it('keeps the grant token nowhere', async () => {
    const place = await fixture.makeKey()
    const { arn } = await fixture.makeUser()
    const { plan, changeId, ...clients } = await fixture.open(grantCreate, place, decrypt(arn))
    const baseline = await plan.read(clients.read)
    const { outcome } = await runChange(plan.doing(baseline), clients)
    expect(Object.keys(outcome)).toEqual(['grantId'])
    const same = {
      Name: changeId,
      KeyId: place.keyArn ?? '',
      GranteePrincipal: arn,
      Operations: ['Decrypt', 'DescribeKey'] as const,
      Constraints: { EncryptionContextEquals: context },
    }
    const { GrantToken = '' } = await clients.write.kms('kms:CreateGrant', (kms) =>
      kms.send(new CreateGrantCommand({ ...same, Operations: [...same.Operations] })),
    )
    let kept = JSON.stringify([outcome, await plan.read(clients.read)])
    kept += JSON.stringify(
      await plan
        .doing(baseline)
        .observe(clients.read, { sends: 1, lastSentAt: null, now: '2026-11-22T00:00:00Z' }),
    )
    expect(kept).toContain(idOf(outcome))
    expect(GrantToken.length).toBeGreaterThan(20)
    expect(kept).not.toContain(GrantToken.slice(0, 40))
  })

  it('is one grant, however often the answer is lost', async () => {
    const place = await fixture.makeKey()
    const { arn } = await fixture.makeUser()
    const { plan, ...clients } = await fixture.open(grantCreate, place, decrypt(arn))
    const baseline = await plan.read(clients.read)
    const step = plan.doing(baseline)
    await fixture.aws.control('PUT', 'faults', [{ operation: 'CreateGrant', lostAfterEffect: 1 }])
    for (let lost = 0; lost < 3; lost++)
      await expect(step.act(clients.write, clients.read)).rejects.toMatchObject({
        kind: 'unavailable',
      })
    await fixture.aws.control('PUT', 'faults', [])
    expect(await grantsOn(place.keyArn)).toHaveLength(1)
    const look = await plan
      .doing(baseline)
      .observe(clients.read, { sends: 3, lastSentAt: null, now: '2026-11-22T00:00:00Z' })
    expect(
      look.is === 'done' &&
        (await grantsOn(place.keyArn)).map(({ GrantId }) => ({ grantId: GrantId })),
    ).toEqual([look.is === 'done' ? look.outcome : null])
  })
})

it('is found by its name among all that the grantee has, however AWS cuts the pages', async () => {
  const place = await fixture.makeKey()
  const { arn } = await fixture.makeUser()
  const made = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const { plan, ...clients } = await fixture.open(grantCreate, place, decrypt(arn))
      const baseline = await plan.read(clients.read)
      const { grantId } = await plan.doing(baseline).act(clients.write, clients.read)
      return {
        grantId,
        look: () =>
          plan
            .doing(baseline)
            .observe(clients.read, { sends: 1, lastSentAt: null, now: '2026-11-22T00:00:00Z' }),
      }
    }),
  )
  await fixture.aws.control('PUT', 'faults', [{ operation: 'ListGrants', shortPage: 1 }])
  const looks = await Promise.all(made.map(({ look }) => look()))
  await fixture.aws.control('PUT', 'faults', [])
  expect(looks).toEqual(
    made.map(({ grantId }) => ({ is: 'done', outcome: { grantId }, already: false })),
  )
})

describe('the session of a grant', () => {
  it('lets through this grant and its end alone', async () => {
    const [place, elsewhere] = [await fixture.makeKey(), await fixture.makeKey()]
    const [grantee, somebody] = [await fixture.makeUser(), await fixture.makeUser()]
    const { plan, ...clients } = await fixture.open(grantCreate, place, decrypt(grantee.arn))
    const kms = fixture.aws.kms(clients.session)
    const asked = {
      KeyId: place.keyArn ?? '',
      GranteePrincipal: grantee.arn,
      Operations: ['Decrypt' as const],
      Constraints: { EncryptionContextEquals: context },
    }
    const create = (more: Partial<ConstructorParameters<typeof CreateGrantCommand>[0]>) =>
      kms.send(new CreateGrantCommand({ ...asked, ...more }))
    const refused = [
      create({ KeyId: elsewhere.keyArn ?? '' }),
      create({ GranteePrincipal: somebody.arn }),
      create({ Operations: ['Decrypt', 'Encrypt'] }),
      create({ Operations: ['CreateGrant'] }),
      create({ Constraints: undefined }),
      create({ Constraints: { EncryptionContextSubset: context } }),
      create({ Constraints: { EncryptionContextEquals: { ...context, tenant: 'red' } } }),
      create({ Constraints: { EncryptionContextEquals: { tenant: 'blue' } } }),
      create({ RetiringPrincipal: somebody.arn }),
      kms.send(new DisableKeyCommand({ KeyId: place.keyArn ?? '' })),
      kms.send(new ScheduleKeyDeletionCommand({ KeyId: place.keyArn ?? '' })),
      kms.send(new ListGrantsCommand({ KeyId: place.keyArn ?? '' })),
      kms.send(new CreateKeyCommand({})),
      kms.send(new EncryptCommand({ KeyId: place.keyArn ?? '', Plaintext: Buffer.from('x') })),
      kms.send(new RevokeGrantCommand({ KeyId: elsewhere.keyArn ?? '', GrantId: '0'.repeat(64) })),
    ]
    for (const one of refused)
      expect(await failureOf(one)).toMatchObject({ name: 'AccessDeniedException' })
    expect(await grantsOn(place.keyArn)).toEqual([])
    expect((await runChange(plan.doing(await plan.read(clients.read)), clients)).look.is).toBe(
      'done',
    )
  })

  it('fits what STS takes and passes for the largest constraint there is', async () => {
    const place = await fixture.makeKey()
    const { arn } = await fixture.makeUser()
    const pairs = Object.fromEntries(
      Array.from({ length: 8 }, (_, index) => [`name-${index}`, 'v'.repeat(384)]),
    )
    const asked = {
      granteePrincipal: arn,
      operations: ['Decrypt', 'Encrypt', 'GenerateDataKey'],
      constraints: { EncryptionContextSubset: pairs },
      retiringPrincipal: `arn:aws:iam::${own}:root`,
    }
    const { plan, ...clients } = await fixture.open(grantCreate, place, asked)
    expect(
      JSON.stringify({ Version: '2012-10-17', Statement: plan.sessionPolicy() }).length,
    ).toBeLessThan(2_048)
    expect((await runChange(plan.doing(await plan.read(clients.read)), clients)).look.is).toBe(
      'done',
    )
  })

  it('passes for a service, and for values that would be wildcards or variables in a policy', async () => {
    const place = await fixture.makeKey()
    const service = {
      granteeServicePrincipal: 'dynamodb.amazonaws.com',
      retiringServicePrincipal: 'dynamodb.amazonaws.com',
      operations: ['Decrypt', 'DescribeKey'],
      constraints: { SourceArn: `arn:aws:dynamodb:eu-west-1:${own}:table/bookings` },
    }
    const odd = {
      granteePrincipal: (await fixture.makeUser()).arn,
      operations: ['Decrypt'],
      constraints: { EncryptionContextEquals: { path: '${aws:username}/*?', plain: 'yes' } },
    }
    for (const asked of [service, odd]) {
      const { plan, ...clients } = await fixture.open(grantCreate, place, asked)
      const { look, outcome } = await runChange(plan.doing(await plan.read(clients.read)), clients)
      expect(look.is).toBe('done')
      const undoing = plan.undoing?.(await plan.read(clients.read), outcome)
      expect(undoing && (await runChange(undoing, clients)).look.is).toBe('done')
    }
  })
})

describe('what cannot be', () => {
  it('is refused in words, and AWS’s dry run says the same', async () => {
    const grantee = await fixture.makeUser()
    const hmac = await fixture.makeKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
    const disabled = await fixture.makeKey()
    await fixture.admin().send(new DisableKeyCommand({ KeyId: disabled.keyArn ?? '' }))
    const cases = [
      [hmac, decrypt(grantee.arn), /cannot do Decrypt/],
      [disabled, decrypt(grantee.arn), /disabled/],
      [hmac, { ...decrypt(grantee.arn), operations: ['VerifyMac'] }, /symmetric/],
    ] as const
    for (const [place, asked, words] of cases) {
      const { plan, ...clients } = await fixture.open(grantCreate, place, asked)
      expect(plan.refuse(await plan.read(clients.read))).toMatch(words)
      expect(await plan.dryRun?.(clients.dry)).toMatchObject({ would: 'fail' })
    }
  })

  it('agrees with KMS about every operation on every kind of key', async () => {
    const specs = [
      { KeySpec: 'SYMMETRIC_DEFAULT' },
      { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
      { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' },
      { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
      { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' },
      { KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
    ] as const
    for (const spec of specs) {
      const place = await fixture.makeKey(spec)
      for (const operation of grantOperations) {
        const { plan, ...clients } = await fixture.open(grantCreate, place, {
          granteePrincipal: `arn:aws:iam::${other}:root`,
          operations: [operation],
        })
        const refused = plan.refuse(await plan.read(clients.read))
        expect([operation, spec, (await plan.dryRun?.(clients.dry))?.would]).toEqual([
          operation,
          spec,
          refused === null ? 'succeed' : 'fail',
        ])
      }
    }
  })
})

describe('judging a grant', () => {
  const state = fc.record({
    keyState: fc.constantFrom('Enabled', 'Disabled', 'PendingDeletion', 'Updating', 'Unavailable'),
    keyManager: fc.constantFrom('CUSTOMER', 'AWS'),
    keySpec: fc.constantFrom('SYMMETRIC_DEFAULT', 'HMAC_256'),
    keyUsage: fc.constant('ENCRYPT_DECRYPT'),
    origin: fc.constantFrom('AWS_KMS', 'EXTERNAL'),
    grant: fc.option(
      fc.record({
        grantId: fc.constant('g'),
        name: fc.constant('c1'),
        createdAt: fc.constant(null),
        granteePrincipal: fc.constantFrom(
          `arn:aws:iam::${other}:root`,
          'AROAEXAMPLEEXAMPLE',
          `arn:aws:iam::${own}:root`,
        ),
        granteeServicePrincipal: fc.constant(null),
        retiringPrincipal: fc.constant(null),
        retiringServicePrincipal: fc.constant(null),
        issuingAccount: fc.constant(null),
        operations: fc.constantFrom(['Decrypt'], ['Decrypt', 'Encrypt']),
        constraints: fc.constantFrom(null, { EncryptionContextEquals: context }),
        issuerClass: fc.constant('human' as const),
      }),
    ),
  })
  const place = {
    accountId: own,
    region: 'eu-west-1',
    partition: 'aws',
    keyArn: `arn:aws:kms:eu-west-1:${own}:key/k`,
  }
  const plan = grantCreate.open({
    changeId: 'c1',
    place,
    input: { granteePrincipal: `arn:aws:iam::${other}:root`, operations: ['Decrypt'] },
    endsAt: null,
    key: null,
  })

  it('is ready for nothing but the state that was approved, and done for nothing but the grant that was', async () => {
    await fc.assert(
      fc.asyncProperty(
        state,
        state,
        fc.nat(3),
        fc.nat(100),
        async (baseline, now, sends, seconds) => {
          if (plan.where !== 'aws') throw new Error('no change of AWS')
          const at = Date.UTC(2026, 10, 22)
          const listed = now.grant && [
            {
              GrantId: now.grant.grantId,
              Name: now.grant.name,
              GranteePrincipal: now.grant.granteePrincipal,
              Operations: now.grant.operations,
              Constraints: now.grant.constraints ?? undefined,
            },
          ]
          const answers: Record<string, unknown> = {
            'kms:DescribeKey': {
              KeyMetadata: {
                KeyState: now.keyState,
                KeyManager: now.keyManager,
                KeySpec: now.keySpec,
                KeyUsage: now.keyUsage,
                Origin: now.origin,
              },
            },
            'kms:ListGrants': { Grants: listed ?? [] },
          }
          const read = {
            kms: async <T>(api: string) => answers[api] as T,
            quotas: () => Promise.reject(new Error('no')),
          }
          const look = await plan.doing({ ...baseline, grant: null }).observe(read, {
            sends,
            lastSentAt: sends === 0 ? null : new Date(at).toISOString(),
            now: new Date(at + seconds * 1_000).toISOString(),
          })
          const same =
            toCanonical({ ...baseline, grant: null }) ===
            toCanonical({ ...now, grant: sends > 0 ? now.grant : null })
          if (look.is === 'ready') expect(same).toBe(true)
          if (same) expect(look.is).toBe('ready')
          if (look.is === 'done')
            expect(now.grant).toMatchObject({ operations: ['Decrypt'], constraints: null })
          if (look.is === 'drifted') expect(look.words).not.toBe('')
        },
      ),
      { numRuns: 500 },
    )
  })
})
