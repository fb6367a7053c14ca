import {
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  ListKeysCommand,
  SignCommand,
  VerifyCommand,
  type CreateKeyCommandInput,
  type ListKeysCommandOutput,
} from '@aws-sdk/client-kms'
import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, failureOf, runSandbox } from '../test/running'

let running: Awaited<ReturnType<typeof runSandbox>>
beforeAll(async () => {
  running = await runSandbox()
})
afterEach(() => running.control('POST', 'reset', { scenario: 'empty' }))
afterAll(() => running.close())

const admin = adminOf('111122223333')
const createKey = async (keys = admin, input: CreateKeyCommandInput = {}) =>
  (await running.kms(keys).send(new CreateKeyCommand(input))).KeyMetadata?.Arn ?? ''
const listKeys = async () => (await running.kms(admin).send(new ListKeysCommand({}))).Keys?.length

/** fetch will not send a Host of one's own. */
function statusOf(
  headers: Record<string, string>,
  path = '/_sandbox/health',
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${running.url}${path}`, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

describe('the control API', () => {
  it('answer on loopback names only, and to no web page', async () => {
    expect(await statusOf({})).toBe(200)
    expect(await statusOf({ host: 'localhost:4599' })).toBe(200)
    expect(await statusOf({ host: '[::1]:4599' })).toBe(200)
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '10.0.0.1',
    ]) {
      expect(await statusOf({ host })).toBe(421)
      expect(await statusOf({ host }, '/'), 'nor does AWS').toBe(421)
    }
    expect(
      await statusOf({ host: 'bucket.localhost:4599' }),
      'a bucket’s name is AWS’s alone',
    ).toBe(403)
    expect(await statusOf({ origin: 'http://localhost:3000' })).toBe(403)
  })

  it('refuse what they do not know', async () => {
    for (const [method, name, body] of [
      ['PUT', 'faults', [{ operation: '*', throttle: 2 }]],
      ['PUT', 'faults', [{ operation: '*', throtle: 1 }]],
      ['PUT', 'quotas', {}],
      ['POST', 'clock', { advanceDays: -1 }],
      ['POST', 'reset', { scenario: 'x' }],
      ['POST', 'restore', { id: 'x' }],
      ['GET', 'constructor', undefined],
    ] as const) {
      await expect(running.control(method, name, body)).rejects.toThrow(/_|error/)
    }
  })

  it('take the world back to a snapshot, again and again', async () => {
    await createKey()
    const { id } = (await running.control('POST', 'snapshot')) as { id: string }
    for (const body of [{}, { id }]) {
      await createKey()
      expect(await listKeys()).toBe(2)
      await running.control('POST', 'restore', body)
      expect(await listKeys()).toBe(1)
    }
  })

  it('bring keys back with their material, at the clock they had', async () => {
    const [symmetric, signing] = [
      await createKey(),
      await createKey(admin, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
    ]
    const kms = running.kms(admin)
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId: symmetric, Plaintext: Buffer.from('kept') }),
    )
    const sign = {
      KeyId: signing,
      Message: Buffer.from('m'),
      SigningAlgorithm: 'ECDSA_SHA_256',
    } as const
    const { Signature } = await kms.send(new SignCommand(sign))
    await running.control('POST', 'snapshot')
    await running.control('POST', 'clock', { advanceDays: 400 })
    await running.control('POST', 'restore', {})
    expect(
      Buffer.from(
        (await kms.send(new DecryptCommand({ CiphertextBlob }))).Plaintext ?? [],
      ).toString(),
    ).toBe('kept')
    expect((await kms.send(new VerifyCommand({ ...sign, Signature }))).SignatureValid).toBe(true)
    const { now } = (await running.control('GET', 'health')) as { now: string }
    expect(Math.abs(Date.parse(now) - Date.now())).toBeLessThan(10_000)
  })
})

describe('faults', () => {
  it('throttle, fail, and lose the answer after the effect', async () => {
    await running.control('PUT', 'faults', [
      { operation: 'ListKeys', throttle: 1 },
      { operation: 'CreateKey', lostAfterEffect: 1 },
      { operation: '*', error5xx: 1 },
    ])
    expect(await failureOf(listKeys())).toEqual({
      name: 'ThrottlingException',
      message:
        'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
    })
    await failureOf(createKey())
    expect(
      (
        await failureOf(
          running.kms(admin).send(new EncryptCommand({ KeyId: 'x', Plaintext: new Uint8Array(1) })),
        )
      ).name,
    ).toBe('KMSInternalException')
    await running.control('PUT', 'faults', [])
    expect(await listKeys()).toBe(1)
  })

  it('hit their share, and the same ones with the same seed', async () => {
    const run = async () => {
      await running.control('POST', 'reset', { scenario: 'empty', seed: 3 })
      await running.control('PUT', 'faults', [{ operation: '*', throttle: 0.3 }])
      const outcomes: boolean[] = []
      for (let i = 0; i < 120; i += 1)
        outcomes.push(
          await listKeys().then(
            () => true,
            () => false,
          ),
        )
      return outcomes
    }
    const first = await run()
    expect(await run()).toEqual(first)
    expect(first.filter((ok) => !ok).length / 120).toBeGreaterThan(0.15)
    expect(first.filter((ok) => !ok).length / 120).toBeLessThan(0.45)
  })
})

describe('a client that retries', () => {
  it('finds exactly what is there, with 30 % throttled, 5 % failed and pages cut short', async () => {
    await running.control('POST', 'reset', {
      scenario: 'scale',
      keys: 300,
      accounts: 1,
      regions: 1,
      seed: 5,
    })
    const places = Array.from(running.sandbox.world.accounts.values()).flatMap((account) =>
      Array.from(account.regions.values(), (state) => ({
        account: account.id,
        region: state.name,
        keys: state.keys.size,
      })),
    )
    const [place] = places.sort((a, b) => b.keys - a.keys)
    if (!place) throw new Error('The scenario has no Region')
    await running.control('PUT', 'faults', [
      { operation: '*', throttle: 0.3, error5xx: 0.05, shortPage: 0.5 },
    ])
    const kms = running.kms(adminOf(place.account), place.region)
    const found: (string | undefined)[] = []
    let [pages, marker]: [number, string | undefined] = [0, undefined]
    do {
      const page: ListKeysCommandOutput | null = await kms
        .send(new ListKeysCommand({ Limit: 40, Marker: marker }))
        .catch(() => null)
      if (!page) continue
      found.push(...(page.Keys ?? []).map((key) => key.KeyId))
      pages += 1
      marker = page.NextMarker
    } while (pages === 0 || marker !== undefined)
    const truth = (await running.control(
      'GET',
      `truth?account=${place.account}&region=${place.region}`,
    )) as { keys: { metadata: { KeyId: string } }[] }
    expect(found).toHaveLength(place.keys)
    expect(found.toSorted()).toEqual(truth.keys.map((key) => key.metadata.KeyId).toSorted())
    expect(pages).toBeGreaterThan(Math.ceil(place.keys / 40))
  })
})

describe('meter and quotas', () => {
  it('count calls and throttles by second', async () => {
    await running.control('PUT', 'quotas', {
      enforced: true,
      overrides: [{ quota: 'ListKeys', value: 2 }],
    })
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, listKeys))
    const passed = outcomes.filter((outcome) => outcome.status === 'fulfilled').length
    expect(passed).toBeGreaterThanOrEqual(2)
    expect(passed).toBeLessThan(6)
    const meter = (await running.control('GET', 'meter')) as {
      operation: string
      region: string
      seconds: [number, number, number][]
    }[]
    const series = meter.find((entry) => entry.operation === 'ListKeys')
    const sum = (index: 1 | 2) => series?.seconds.reduce((total, cell) => total + cell[index], 0)
    expect([series?.region, sum(1), sum(2)]).toEqual(['eu-west-1', 6, 6 - passed])
  })
})

describe('a grant across accounts', () => {
  it('opens the key, its refusal closes it, and both accounts see the call under one shared id', async () => {
    const [owner, stranger] = [admin, adminOf('777788889999')]
    const key = await createKey(owner)
    const { CiphertextBlob } = await running
      .kms(owner)
      .send(new EncryptCommand({ KeyId: key, Plaintext: Buffer.from('secret') }))
    const decrypt = () =>
      running.kms(stranger).send(new DecryptCommand({ KeyId: key, CiphertextBlob }))
    expect((await failureOf(decrypt())).name).toBe('AccessDeniedException')
    await running.kms(owner).send(
      new CreateGrantCommand({
        KeyId: key,
        GranteePrincipal: 'arn:aws:iam::777788889999:user/admin',
        Operations: ['Decrypt'],
      }),
    )
    expect(Buffer.from((await decrypt()).Plaintext ?? []).toString()).toBe('secret')
    const [theirs, ours] = [await running.trail(stranger), await running.trail(owner)]
    const mine = (records: Record<string, unknown>[]) =>
      records.filter((record) => record.eventName === 'Decrypt')
    expect(mine(theirs).map((record) => record.errorCode)).toEqual([undefined, 'AccessDenied'])
    expect(mine(ours)).toHaveLength(1)
    expect(mine(ours)[0]).toMatchObject({
      userIdentity: { type: 'AWSAccount', accountId: '777788889999' },
      recipientAccountId: '111122223333',
    })
    expect(mine(ours)[0]?.sharedEventID).toBe(mine(theirs)[0]?.sharedEventID)
    expect(mine(ours)[0]?.eventID).not.toBe(mine(theirs)[0]?.eventID)
    expect(JSON.stringify([theirs, ours])).not.toContain(
      Buffer.from(CiphertextBlob ?? []).toString('base64'),
    )
  })
})
