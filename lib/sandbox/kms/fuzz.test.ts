import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AwsError } from '../call'
import { inputs, shapes } from './model'
import { base64, makeBench, readPath } from './test/direct'

/**
 * Members that fit the model more often than not, so that the garbage gets past the first
 * check and meets the operation.
 */
function arbitraryInput(operation: string, ids: string[]) {
  const members = (inputs[operation] ?? '').split(' ').map((member) => {
    const [name = '', shape = ''] = member.split(':')
    return [
      name,
      fc.option(arbitraryValue(shape.replace('*', ''), ids), { nil: undefined, freq: 6 }),
    ] as const
  })
  return fc.record(Object.fromEntries(members))
}

function arbitraryValue(shapeName: string, ids: string[]): fc.Arbitrary<unknown> {
  const shape = shapes[shapeName]
  const junk = fc.jsonValue({ maxDepth: 2 })
  if (!shape) return junk
  const fitting = (): fc.Arbitrary<unknown> => {
    switch (shape.type) {
      case 'string':
        if (shape.enum) return fc.constantFrom(...shape.enum)
        if (/KeyId|AliasName|PrincipalId|GrantToken|GrantId/.test(shapeName))
          return fc.constantFrom(...ids)
        return fc.string({ minLength: 1, maxLength: 70 })
      case 'integer':
        return fc.integer({ min: shape.min, max: Math.min(shape.max, 400) })
      case 'blob':
        return fc.oneof(
          fc
            .uint8Array({ minLength: 1, maxLength: 90 })
            .map((bytes) => Buffer.from(bytes).toString('base64')),
          fc.constantFrom(...ids.slice(-1)),
        )
      case 'boolean':
        return fc.boolean()
      case 'timestamp':
        return fc.integer({ min: 0, max: 2_000_000_000 })
      case 'map':
        return fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), {
          maxKeys: 3,
        })
      case 'list':
        return fc.array(arbitraryValue(shape.member, ids), { maxLength: 3 })
      case 'structure':
        return fc.record(
          Object.fromEntries(
            shape.members.split(' ').map((member) => {
              const [name = '', inner = ''] = member.split(':')
              return [name, arbitraryValue(inner.replace('*', ''), ids)]
            }),
          ),
        )
    }
  }
  return fc.oneof({ weight: 9, arbitrary: fitting() }, { weight: 1, arbitrary: junk })
}

it.each(Object.keys(inputs))(
  '%s answers any garbage with an answer or an error of AWS',
  async (operation) => {
    const bench = makeBench()
    const keyId = await bench.makeKey({ MultiRegion: true })
    const signer = await bench.makeKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
    const external = await bench.makeKey({ Origin: 'EXTERNAL' })
    await bench.run('CreateAlias', { AliasName: 'alias/a', TargetKeyId: keyId })
    const root = 'arn:aws:iam::111122223333:root'
    const grant = await bench.run('CreateGrant', {
      KeyId: keyId,
      GranteePrincipal: root,
      Operations: ['Decrypt'],
    })
    const blob = readPath(
      await bench.run('Encrypt', { KeyId: keyId, Plaintext: base64('x') }),
      'CiphertextBlob',
    )
    const arn = bench.key(keyId).arn
    const ids = [
      keyId,
      arn,
      signer,
      external,
      'alias/a',
      `${arn}x`,
      'arn:',
      root,
      'x',
      readPath(grant, 'GrantToken'),
      readPath(grant, 'GrantId'),
      blob,
    ]
    await fc.assert(
      fc.asyncProperty(arbitraryInput(operation, ids), async (input) => {
        // Wrapping and data keys of RSA cost seconds, and no garbage changes that.
        const cheap = JSON.parse(JSON.stringify(input).replace(/RSA_[234]0?[0-9]+/g, 'SM2'))
        const { name } = await bench.run(operation, cheap).then(
          () => ({ name: 'AwsError' }),
          (error: unknown) => (error instanceof Error ? error : { name: 'none' }),
        )
        expect(name).toBe(AwsError.name)
      }),
      { numRuns: 120 },
    )
  },
)
