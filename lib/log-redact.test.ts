import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redact } from './log-redact.mjs'

const secretNames = fc.constantFrom(
  'password',
  'Authorization',
  'GrantToken',
  'GrantTokens',
  'SecretAccessKey',
  'SessionToken',
  'Plaintext',
  'CiphertextBlob',
  'EncryptedKeyMaterial',
  'client_secret',
  'access_token',
  'DATABASE_URL',
  'cookie',
  'Mac',
)

test('a secret never reaches the log, wherever it hangs', () => {
  const secret = 'hunter2-hunter2'
  fc.assert(
    fc.property(
      secretNames,
      fc.array(fc.constantFrom('a', 'request', 'details'), { maxLength: 5 }),
      fc.boolean(),
      (name, path, inError) => {
        const leaf: object = { [name]: secret }
        const nested = path.reduceRight<object>((inner, step) => ({ [step]: inner }), leaf)
        const logged = inError
          ? { err: Object.assign(new Error('failed', { cause: leaf }), nested) }
          : nested
        return !JSON.stringify(redact(logged)).includes(secret)
      },
    ),
  )
})

test('the password inside an address is taken out, the rest stays readable', () => {
  const error = new Error('connect failed: postgresql://ann:hunter2@db.example.com:5432/claviger')
  expect(redact({ err: error })).toMatchObject({
    err: { message: 'connect failed: postgresql://ann:[redacted]@db.example.com:5432/claviger' },
  })
})

test('what is not secret stays as it is', () => {
  const fields = { keyId: 'k', calls: 3, at: new Date(0), tokensLeft: 4, list: [1, 'two', null] }
  expect(redact(fields)).toEqual(fields)
})
