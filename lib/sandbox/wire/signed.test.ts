import { GetAccountAuthorizationDetailsCommand } from '@aws-sdk/client-iam'
import { ListKeysCommand } from '@aws-sdk/client-kms'
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, failureOf, runSandbox, type Keys } from '../test/running'

let running: Awaited<ReturnType<typeof runSandbox>>
let host: Keys
beforeAll(async () => {
  running = await runSandbox({ externalId: 'ext-1' })
  const key = Array.from(running.sandbox.world.accessKeys.values()).find((entry) =>
    entry.principalArn.endsWith(':user/claviger-host'),
  )
  if (!key) throw new Error('The scenario has no claviger-host')
  host = { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey }
})
afterAll(() => running.close())

const readRole = 'arn:aws:iam::444455556666:role/ClavigerRead'
const assume = (more: object = {}) =>
  running.sts(host).send(
    new AssumeRoleCommand({
      RoleArn: readRole,
      RoleSessionName: 'sync',
      ExternalId: 'ext-1',
      ...more,
    }),
  )
async function sessionKeys(more: object = {}): Promise<Keys> {
  const { Credentials } = await assume(more)
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken,
  }
}

describe('signatures of the real SDK', () => {
  it('are accepted by JSON and query services', async () => {
    expect(await running.sts(host).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '111122223333',
      Arn: 'arn:aws:iam::111122223333:user/claviger-host',
    })
    const { UserDetailList } = await running
      .iam(adminOf('444455556666'))
      .send(new GetAccountAuthorizationDetailsCommand({}))
    expect(UserDetailList?.map((user) => user.UserName)).toContain('admin')
  })

  it('are refused with a wrong secret, in each protocol’s own words', async () => {
    const wrong = { ...host, secretAccessKey: 'wrong' }
    expect((await failureOf(running.kms(wrong).send(new ListKeysCommand({})))).name).toBe(
      'InvalidSignatureException',
    )
    expect((await failureOf(running.sts(wrong).send(new GetCallerIdentityCommand({})))).name).toBe(
      'SignatureDoesNotMatch',
    )
  })

  it('are refused for an unknown access key', async () => {
    const unknown = { accessKeyId: 'AKIAUNKNOWNUNKNOWN00', secretAccessKey: 'x' }
    expect(await failureOf(running.kms(unknown).send(new ListKeysCommand({})))).toEqual({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    })
    expect(
      (await failureOf(running.sts(unknown).send(new GetCallerIdentityCommand({})))).name,
    ).toBe('InvalidClientTokenId')
  })

  it('outlive an advanced clock, and so do sessions', async () => {
    const keys = await sessionKeys()
    await running.control('POST', 'clock', { advanceDays: 400 })
    expect(await running.kms(keys).send(new ListKeysCommand({}))).toHaveProperty('Keys')
  })
})

describe('what is not signed or not JSON', () => {
  const post = (headers: Record<string, string>, body: string) =>
    fetch(running.url, { method: 'POST', headers, body })
  const target = {
    'x-amz-target': 'TrentService.ListKeys',
    'content-type': 'application/x-amz-json-1.1',
  }
  const unverified =
    'AWS4-HMAC-SHA256 Credential=111122223333/20261121/eu-west-1/kms/aws4_request, SignedHeaders=host, Signature=00'

  it('answers as AWS does', async () => {
    const unsigned = await post(target, '{}')
    expect([unsigned.status, (await unsigned.json()).__type]).toEqual([
      400,
      'MissingAuthenticationTokenException',
    ])
    expect(unsigned.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
    const half = await post({ ...target, authorization: 'AWS4-HMAC-SHA256 Credential=x' }, '{}')
    expect((await half.json()).__type).toBe('IncompleteSignatureException')
    const signed = { ...target, authorization: unverified, 'x-amz-date': '20261121T000000Z' }
    for (const body of ['{', '[]', '3', '"x"'])
      expect((await (await post(signed, body)).json()).__type).toBe('SerializationException')
    const unknown = await post({ ...signed, 'x-amz-target': 'TrentService.constructor' }, '{}')
    expect((await unknown.json()).__type).toBe('UnknownOperationException')
  })
})

describe('AssumeRole', () => {
  const refused =
    'User: arn:aws:iam::111122223333:user/claviger-host is not authorized to perform: sts:AssumeRole on resource: '

  it('needs the right ExternalId', async () => {
    for (const ExternalId of [undefined, 'ext-2']) {
      expect(await failureOf(assume({ ExternalId }))).toEqual({
        name: 'AccessDenied',
        message: refused + readRole,
      })
    }
    expect((await assume()).AssumedRoleUser?.Arn).toBe(
      'arn:aws:sts::444455556666:assumed-role/ClavigerRead/sync',
    )
  })

  it('needs both sides: the trust of another account alone is not enough', async () => {
    const other = 'arn:aws:iam::444455556666:role/ClavigerNothing'
    expect((await failureOf(assume({ RoleArn: other }))).message).toBe(refused + other)
    const stranger = running
      .sts(adminOf('777788889999'))
      .send(
        new AssumeRoleCommand({ RoleArn: readRole, RoleSessionName: 'x2', ExternalId: 'ext-1' }),
      )
    expect((await failureOf(stranger)).name).toBe('AccessDenied')
  })

  it('narrows by session policy, and the token must be the session’s', async () => {
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'kms:ListAliases', Resource: '*' }],
    })
    const narrowed = await failureOf(
      running.kms(await sessionKeys({ Policy })).send(new ListKeysCommand({})),
    )
    expect(narrowed.message).toMatch(/because no session policy allows the kms:ListKeys action$/)
    const [one, two] = [await sessionKeys(), await sessionKeys()]
    const mixed = await failureOf(
      running.kms({ ...one, sessionToken: two.sessionToken }).send(new ListKeysCommand({})),
    )
    expect(mixed.name).toBe('UnrecognizedClientException')
  })

  it('is refused after its end, by the machine’s clock', async () => {
    const keys = await sessionKeys()
    const session = running.sandbox.world.sessions.get(keys.accessKeyId)
    if (session) session.expiresAt = Date.now() - 1
    expect((await failureOf(running.kms(keys).send(new ListKeysCommand({})))).name).toBe(
      'ExpiredTokenException',
    )
  })

  it('bounds name and duration', async () => {
    for (const more of [
      { RoleSessionName: 'a b' },
      { DurationSeconds: 899 },
      { DurationSeconds: 43_201 },
      { DurationSeconds: 7_200 },
    ]) {
      expect((await failureOf(assume(more))).name).toBe('ValidationError')
    }
    expect((await failureOf(assume({ Policy: '{' }))).name).toBe('MalformedPolicyDocumentException')
  })

  it('takes session tags where the trust policy says so, and they decide before the role’s own', async () => {
    const Tags = [{ Key: 'team', Value: 'blue' }]
    const writeRole = 'arn:aws:iam::444455556666:role/ClavigerWrite'
    expect((await failureOf(assume({ Tags }))).message).toMatch(/sts:TagSession on resource/)
    expect((await assume({ RoleArn: writeRole, Tags })).AssumedRoleUser?.Arn).toMatch(
      /ClavigerWrite/,
    )
  })

  it('carries the source identity into the trail', async () => {
    const keys = await sessionKeys({ SourceIdentity: 'ann' })
    await running.kms(keys).send(new ListKeysCommand({}))
    const [listed] = await running.trail(adminOf('444455556666'))
    expect(listed).toMatchObject({
      eventName: 'ListKeys',
      userIdentity: { type: 'AssumedRole', sessionContext: { sourceIdentity: 'ann' } },
    })
  })
})
