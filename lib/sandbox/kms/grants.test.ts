import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Input } from '../call'
import { account, base64, makeBench, readPath, type Bench } from './test/direct'

const root = `arn:aws:iam::${account}:root`
const stranger = '444455556666'
const context = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'), {
  maxKeys: 3,
})

const grantsOf = async (bench: Bench, keyId: string) => {
  const { Grants } = await bench.run('ListGrants', { KeyId: keyId, Limit: 100 })
  return Array.isArray(Grants) ? Grants : []
}

describe('CreateGrant', () => {
  it('gives one grant for one name and one request, and another for every difference', async () => {
    const plan = fc.record({
      Name: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
      Operations: fc.subarray(['Encrypt', 'Decrypt', 'DescribeKey'], { minLength: 1 }),
      Constraints: fc.option(
        fc.oneof(
          context.map((EncryptionContextEquals) => ({ EncryptionContextEquals })),
          context.map((EncryptionContextSubset) => ({ EncryptionContextSubset })),
        ),
        { nil: undefined },
      ),
      RetiringPrincipal: fc.option(fc.constant(root), { nil: undefined }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 12 }), async (plans) => {
        const bench = makeBench()
        const keyId = await bench.makeKey()
        const known = new Map<string, string>()
        let unnamed = 0
        for (const asked of plans) {
          const input: Input = { KeyId: keyId, GranteePrincipal: root, ...asked }
          const { GrantId } = await bench.run('CreateGrant', input)
          const constraint = Object.entries(asked.Constraints ?? {}).map(([kind, pairs]) => [
            kind,
            Object.entries(pairs).sort(),
          ])
          const same = JSON.stringify([
            asked.Name,
            [...asked.Operations].sort(),
            asked.Constraints ? constraint : null,
            asked.RetiringPrincipal,
          ])
          if (asked.Name === undefined) unnamed += 1
          else expect(known.get(same) ?? GrantId).toBe(GrantId)
          if (asked.Name !== undefined) known.set(same, String(GrantId))
        }
        expect(await grantsOf(bench, keyId)).toHaveLength(Math.min(100, known.size + unnamed))
      }),
      { numRuns: 30 },
    )
  })

  it('refuses operations that the key does not have, and parties that exclude one another', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    const signer = await bench.makeKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
    const asked = { KeyId: keyId, GranteePrincipal: root, Operations: ['Decrypt'] }
    const service = {
      KeyId: keyId,
      Operations: ['Decrypt'],
      GranteeServicePrincipal: 'dynamodb.eu-west-1.amazonaws.com',
    }
    const sourceArn = {
      Constraints: { SourceArn: `arn:aws:dynamodb:eu-west-1:${account}:table/t` },
    }
    const refused: Input[] = [
      { ...asked, Operations: ['Sign'] },
      { ...asked, Operations: [] },
      { ...asked, Operations: ['Fly'] },
      { ...asked, KeyId: signer },
      {
        ...asked,
        KeyId: signer,
        Operations: ['Sign'],
        Constraints: { EncryptionContextEquals: { a: 'b' } },
      },
      { ...asked, GranteePrincipal: undefined },
      { ...asked, GranteeServicePrincipal: 'x.y.amazonaws.com' },
      { ...asked, Name: 'no spaces' },
      service,
      { ...service, ...sourceArn },
      { ...service, RetiringPrincipal: root },
    ]
    for (const input of refused)
      expect([input, await bench.fails('CreateGrant', input)]).toEqual([
        input,
        'ValidationException',
      ])
    expect(
      await bench.fails('CreateGrant', { ...service, ...sourceArn, RetiringPrincipal: root }),
    ).toBe('ok')
    expect(
      await bench.fails('CreateGrant', {
        ...asked,
        GranteePrincipal: `arn:aws:iam::${account}:role/Nobody`,
      }),
    ).toBe('InvalidArnException')
    expect(
      await bench.fails('CreateGrant', { ...asked, GranteePrincipal: 'dynamodb.amazonaws.com' }),
    ).toBe('InvalidArnException')
    expect(await bench.fails('CreateGrant', { ...asked, DryRun: true })).toBe(
      'DryRunOperationException',
    )
    expect(await grantsOf(bench, keyId)).toHaveLength(1)
  })

  it('shows a grant as AWS does: no tokens, an empty name, the issuing account as its root', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    const { GrantId } = await bench.run('CreateGrant', {
      KeyId: keyId,
      GranteePrincipal: root,
      Operations: ['DescribeKey', 'Encrypt', 'Decrypt'],
      Constraints: { EncryptionContextSubset: { Tenant: 'blue' } },
    })
    expect(await grantsOf(bench, keyId)).toEqual([
      {
        KeyId: bench.key(keyId).arn,
        GrantId,
        Name: '',
        CreationDate: bench.now / 1000,
        GranteePrincipal: root,
        IssuingAccount: root,
        Operations: ['Decrypt', 'Encrypt', 'DescribeKey'],
        Constraints: { EncryptionContextSubset: { Tenant: 'blue' } },
      },
    ])
  })

  it('stops at the quota of the key', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    bench.world.accounts.get(account)?.regions.get('eu-west-1')?.quotaOverrides.set('L-D594A657', 2)
    const asked = { KeyId: keyId, GranteePrincipal: root, Operations: ['Decrypt'] }
    expect([
      await bench.fails('CreateGrant', asked),
      await bench.fails('CreateGrant', { ...asked, Name: 'n' }),
    ]).toEqual(['ok', 'ok'])
    expect(await bench.fails('CreateGrant', asked)).toBe('LimitExceededException')
    expect(await bench.fails('CreateGrant', { ...asked, Name: 'n' })).toBe('ok')
  })
})

describe('a grant to another account', () => {
  it('opens the key to it for the granted operations alone, until it ends', async () => {
    const bench = makeBench()
    const arn = bench.key(await bench.makeKey()).arn
    const there = { accountId: stranger }
    const made = await bench.run('Encrypt', {
      KeyId: arn,
      Plaintext: base64('x'),
      EncryptionContext: { t: '1' },
    })
    const open = () =>
      bench.fails(
        'Decrypt',
        { CiphertextBlob: made.CiphertextBlob, EncryptionContext: { t: '1' } },
        there,
      )
    expect(await open()).toBe('AccessDeniedException')
    const grantee = `arn:aws:iam::${stranger}:user/admin`
    const { GrantId, GrantToken } = await bench.run('CreateGrant', {
      KeyId: arn,
      GranteePrincipal: grantee,
      RetiringPrincipal: grantee,
      Operations: ['Decrypt'],
      Constraints: { EncryptionContextEquals: { t: '1' } },
    })
    expect(await open()).toBe('ok')
    expect(await bench.fails('Encrypt', { KeyId: arn, Plaintext: base64('x') }, there)).toBe(
      'AccessDeniedException',
    )
    expect(
      (await bench.run('ListRetirableGrants', { RetiringPrincipal: grantee }, there)).Grants,
    ).toMatchObject([{ KeyId: arn, GrantId }])
    expect(await bench.fails('RetireGrant', { GrantToken, DryRun: true }, there)).toBe(
      'DryRunOperationException',
    )
    expect(await bench.fails('RetireGrant', { GrantToken }, there)).toBe('ok')
    expect(await open()).toBe('AccessDeniedException')
    expect(await bench.fails('RetireGrant', { GrantToken }, there)).toBe('NotFoundException')
  })

  it('can be retired by nobody but those the grant names', async () => {
    const bench = makeBench()
    const arn = bench.key(await bench.makeKey()).arn
    const { GrantId } = await bench.run('CreateGrant', {
      KeyId: arn,
      GranteePrincipal: `arn:aws:iam::${stranger}:user/admin`,
      Operations: ['Decrypt'],
    })
    const asked = { KeyId: arn, GrantId }
    expect(await bench.fails('RetireGrant', asked, { accountId: stranger })).toBe(
      'AccessDeniedException',
    )
    expect(await bench.fails('RetireGrant', asked, { accountId: '777788889999' })).toBe(
      'AccessDeniedException',
    )
    expect(await bench.fails('RetireGrant', asked)).toBe('ok')
  })

  it('ends by RevokeGrant of the owner, once', async () => {
    const bench = makeBench()
    const keyId = await bench.makeKey()
    const { GrantId } = await bench.run('CreateGrant', {
      KeyId: keyId,
      GranteePrincipal: root,
      Operations: ['Decrypt'],
    })
    expect(await bench.fails('RevokeGrant', { KeyId: keyId, GrantId, DryRun: true })).toBe(
      'DryRunOperationException',
    )
    expect(await bench.fails('RevokeGrant', { KeyId: keyId, GrantId })).toBe('ok')
    expect(await bench.fails('RevokeGrant', { KeyId: keyId, GrantId })).toBe('NotFoundException')
    expect(await bench.fails('RevokeGrant', { KeyId: keyId, GrantId: 'nonsense' })).toBe(
      'InvalidGrantIdException',
    )
    expect(await bench.fails('RetireGrant', { KeyId: keyId })).toBe('ValidationException')
    expect(await bench.fails('RetireGrant', { GrantToken: 'nonsense' })).toBe(
      'InvalidGrantTokenException',
    )
    expect(readPath({ GrantId }, 'GrantId')).toMatch(/^[0-9a-f]{64}$/)
  })
})
