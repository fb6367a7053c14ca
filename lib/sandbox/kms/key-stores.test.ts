import { expect, it } from 'vitest'
import type { Input } from '../call'
import { base64, makeBench, readPath, type Bench } from './test/direct'

const hsm = {
  CustomKeyStoreName: 'hsm',
  CloudHsmClusterId: 'cluster-abcdefghijk',
  TrustAnchorCertificate: 'pem',
  KeyStorePassword: 'password',
}
const xks = {
  CustomKeyStoreName: 'xks',
  CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
  XksProxyConnectivity: 'PUBLIC_ENDPOINT',
  XksProxyUriEndpoint: 'https://xks.example.com',
  XksProxyUriPath: '/kms/xks/v1',
  XksProxyAuthenticationCredential: {
    AccessKeyId: 'ABCDEFGHIJKLMNOPQRST',
    RawSecretAccessKey: 'a'.repeat(43),
  },
}

const stateOf = async (bench: Bench, id: string) =>
  readPath(
    await bench.run('DescribeCustomKeyStores', { CustomKeyStoreId: id }),
    'CustomKeyStores',
    0,
    'ConnectionState',
  )
const make = async (bench: Bench, input: Input) =>
  readPath(await bench.run('CreateCustomKeyStore', input), 'CustomKeyStoreId')

it('a store connects and disconnects in its own time, and its keys sleep and wake with it', async () => {
  const bench = makeBench()
  const id = await make(bench, hsm)
  expect(await make(bench, hsm)).toBe(id)
  expect(await bench.fails('CreateKey', { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: id })).toBe(
    'CustomKeyStoreInvalidStateException',
  )
  expect(await bench.fails('DisconnectCustomKeyStore', { CustomKeyStoreId: id })).toBe(
    'CustomKeyStoreInvalidStateException',
  )
  await bench.run('ConnectCustomKeyStore', { CustomKeyStoreId: id })
  expect(await stateOf(bench, id)).toBe('CONNECTING')
  bench.now += 10_000
  await bench.run('ListKeys')
  expect(await stateOf(bench, id)).toBe('CONNECTED')
  const [keyId, off] = [
    await bench.makeKey({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: id }),
    await bench.makeKey({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: id }),
  ]
  expect(await bench.run('DescribeKey', { KeyId: keyId })).toMatchObject({
    KeyMetadata: {
      CustomKeyStoreId: id,
      CloudHsmClusterId: hsm.CloudHsmClusterId,
      KeyState: 'Enabled',
    },
  })
  await bench.run('DisableKey', { KeyId: off })
  const { CiphertextBlob } = await bench.run('Encrypt', { KeyId: keyId, Plaintext: base64('x') })
  expect(await bench.fails('DeleteCustomKeyStore', { CustomKeyStoreId: id })).toBe(
    'CustomKeyStoreHasCMKsException',
  )
  await bench.run('DisconnectCustomKeyStore', { CustomKeyStoreId: id })
  expect(await bench.run('DescribeKey', { KeyId: keyId })).toMatchObject({
    KeyMetadata: { KeyState: 'Unavailable', Enabled: false },
  })
  expect(await bench.fails('Decrypt', { CiphertextBlob })).toBe('KMSInvalidStateException')
  bench.now += 10_000
  await bench.run('ListKeys')
  expect(await stateOf(bench, id)).toBe('DISCONNECTED')
  await bench.run('ConnectCustomKeyStore', { CustomKeyStoreId: id })
  bench.now += 10_000
  expect(await bench.run('Decrypt', { CiphertextBlob })).toMatchObject({ Plaintext: base64('x') })
  expect(await bench.run('DescribeKey', { KeyId: off })).toMatchObject({
    KeyMetadata: { KeyState: 'Disabled' },
  })
  expect(
    await bench.fails('GenerateDataKeyPair', { KeyId: keyId, KeyPairSpec: 'ECC_NIST_P256' }),
  ).toBe('UnsupportedOperationException')
  expect(await bench.fails('EnableKeyRotation', { KeyId: keyId })).toBe(
    'UnsupportedOperationException',
  )
  expect(await bench.fails('GenerateRandom', { NumberOfBytes: 8, CustomKeyStoreId: id })).toBe('ok')
})

it('an external store names its proxy but never its secret, and one external key serves one KMS key', async () => {
  const bench = makeBench()
  const id = await make(bench, xks)
  const [store] = Object((await bench.run('DescribeCustomKeyStores')).CustomKeyStores)
  expect(store).toEqual({
    CustomKeyStoreId: id,
    CustomKeyStoreName: 'xks',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    ConnectionState: 'DISCONNECTED',
    CreationDate: bench.now / 1000,
    XksProxyConfiguration: {
      Connectivity: 'PUBLIC_ENDPOINT',
      AccessKeyId: 'ABCDEFGHIJKLMNOPQRST',
      UriEndpoint: 'https://xks.example.com',
      UriPath: '/kms/xks/v1',
    },
  })
  expect(
    JSON.stringify(
      bench.world.accounts.get('111122223333')?.regions.get('eu-west-1')?.keyStores.get(id),
    ),
  ).not.toContain('aaaa')
  await bench.run('ConnectCustomKeyStore', { CustomKeyStoreId: id })
  bench.now += 10_000
  const asked = { Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId: id, XksKeyId: 'k1' }
  expect(await bench.run('CreateKey', asked)).toMatchObject({
    KeyMetadata: { XksKeyConfiguration: { Id: 'k1' }, Origin: 'EXTERNAL_KEY_STORE' },
  })
  expect(await bench.fails('CreateKey', asked)).toBe('XksKeyAlreadyInUseException')
  expect(await bench.fails('GenerateRandom', { NumberOfBytes: 8, CustomKeyStoreId: id })).toBe(
    'UnsupportedOperationException',
  )
  expect(
    await bench.fails('UpdateCustomKeyStore', {
      CustomKeyStoreId: id,
      XksProxyUriEndpoint: 'https://other.example.com',
    }),
  ).toBe('CustomKeyStoreInvalidStateException')
  expect(
    await bench.fails('UpdateCustomKeyStore', {
      CustomKeyStoreId: id,
      NewCustomKeyStoreName: 'new',
      XksProxyUriPath: '/a/kms/xks/v1',
    }),
  ).toBe('ok')
  expect(await bench.run('DescribeCustomKeyStores', { CustomKeyStoreName: 'new' })).toMatchObject({
    CustomKeyStores: [{ XksProxyConfiguration: { UriPath: '/a/kms/xks/v1' } }],
  })
})

it('a store that cannot connect fails with its code, and must be disconnected before it is tried again', async () => {
  const bench = makeBench()
  const id = await make(bench, hsm)
  const store = bench.world.accounts
    .get('111122223333')
    ?.regions.get('eu-west-1')
    ?.keyStores.get(id)
  if (store) store.connectionErrorCode = 'INVALID_CREDENTIALS'
  await bench.run('ConnectCustomKeyStore', { CustomKeyStoreId: id })
  bench.now += 10_000
  await bench.run('ListKeys')
  expect(await bench.run('DescribeCustomKeyStores')).toMatchObject({
    CustomKeyStores: [{ ConnectionState: 'FAILED', ConnectionErrorCode: 'INVALID_CREDENTIALS' }],
  })
  expect(await bench.fails('ConnectCustomKeyStore', { CustomKeyStoreId: id })).toBe(
    'CustomKeyStoreInvalidStateException',
  )
  await bench.run('DisconnectCustomKeyStore', { CustomKeyStoreId: id })
  bench.now += 10_000
  expect(await bench.fails('ConnectCustomKeyStore', { CustomKeyStoreId: id })).toBe('ok')
})

it.each([
  [{ ...hsm, KeyStorePassword: undefined }, 'ValidationException'],
  [{ ...hsm, XksProxyUriPath: '/kms/xks/v1' }, 'ValidationException'],
  [{ ...xks, XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' }, 'ValidationException'],
  [{ ...hsm, CloudHsmClusterId: 'cluster-zzzzzzzzzzz' }, 'CustomKeyStoreNameInUseException'],
  [{ ...hsm, CustomKeyStoreName: 'other' }, 'CloudHsmClusterInUseException'],
])('CreateCustomKeyStore %j beside another: %s', async (input, error) => {
  const bench = makeBench()
  await make(bench, hsm)
  expect(await bench.fails('CreateCustomKeyStore', input)).toBe(error)
})
