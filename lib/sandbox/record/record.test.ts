import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { AwsError, type Call } from '../call'
import { addKey, addSession, addUser, bareWorld, callBy, delegating, document } from '../test/call'
import type { Key, World } from '../world'
import { recordCall } from './record'

const [own, other] = ['111122223333', '444455556666']
let world: World
beforeEach(() => {
  world = bareWorld()
})
const eventsOf = (accountId: string) =>
  (world.accounts.get(accountId)?.regions.get('eu-west-1')?.events ?? []).map(
    (event): Record<string, unknown> => JSON.parse(JSON.stringify(event.record)),
  )
function record(more: Partial<Call>, keys: Key[], error: AwsError | null = null, input = {}): void {
  recordCall(
    callBy(world, addUser(world, own, 'ann'), { ...more, trail: { keys, ...more.trail } }),
    input,
    error,
  )
}

describe('a record', () => {
  it('has AWS’s shape', () => {
    const key = addKey(world, own, document(delegating(own)))
    record({ operation: 'CreateGrant' }, [key], null, {
      KeyId: 'alias/x',
      Operations: ['Decrypt'],
      Constraints: { EncryptionContextSubset: { Tenant: 'Blue' } },
    })
    const [first] = eventsOf(own)
    expect(first).toMatchObject({
      eventVersion: '1.11',
      eventSource: 'kms.amazonaws.com',
      eventName: 'CreateGrant',
      awsRegion: 'eu-west-1',
      eventTime: '2026-11-01T00:00:00Z',
      readOnly: false,
      userIdentity: {
        type: 'IAMUser',
        arn: `arn:aws:iam::${own}:user/ann`,
        accountId: own,
        userName: 'ann',
      },
      requestParameters: {
        keyId: 'alias/x',
        operations: ['Decrypt'],
        constraints: { encryptionContextSubset: { Tenant: 'Blue' } },
      },
      responseElements: { keyId: key.arn },
      resources: [{ accountId: own, type: 'AWS::KMS::Key', ARN: key.arn }],
      recipientAccountId: own,
      eventType: 'AwsApiCall',
      eventCategory: 'Management',
      managementEvent: true,
    })
    expect(first).not.toHaveProperty('errorCode')
    expect(first).not.toHaveProperty('sharedEventID')
  })

  it('names the role behind a session', () => {
    const { caller, role } = addSession(world, own, 'app')
    recordCall(
      callBy(world, { ...caller, sourceIdentity: 'ann' }, { operation: 'ListKeys' }),
      {},
      null,
    )
    expect(eventsOf(own)[0]).toMatchObject({
      readOnly: true,
      responseElements: null,
      requestParameters: null,
      userIdentity: {
        type: 'AssumedRole',
        sessionContext: {
          sessionIssuer: { type: 'Role', arn: role.arn, userName: 'app' },
          sourceIdentity: 'ann',
        },
      },
    })
  })

  it('goes to the owner of a foreign key too, without saying who within the account; a denial does not', () => {
    const key = addKey(world, other, document(delegating(other)))
    record({ operation: 'Decrypt' }, [key], new AwsError('AccessDeniedException', 'no'))
    expect(eventsOf(other)).toEqual([])
    expect(eventsOf(own)[0]).toMatchObject({
      errorCode: 'AccessDenied',
      errorMessage: 'no',
      requestParameters: null,
    })
    expect(eventsOf(own)[0]).not.toHaveProperty('resources')
    record({ operation: 'Decrypt' }, [key], new AwsError('DryRunOperationException', 'would have'))
    const [mine, theirs] = [eventsOf(own)[1], eventsOf(other)[0]]
    expect(theirs).toMatchObject({
      userIdentity: { type: 'AWSAccount', accountId: own },
      recipientAccountId: other,
      errorCode: 'DryRunOperationException',
    })
    expect(theirs?.sharedEventID).toBe(mine?.sharedEventID)
    expect(new Set([mine?.eventID, theirs?.eventID, mine?.sharedEventID]).size).toBe(3)
  })

  it('never holds plaintext, ciphertext or tokens', () => {
    const secret = fc.constantFrom(
      'Plaintext',
      'CiphertextBlob',
      'Message',
      'Signature',
      'Mac',
      'GrantTokens',
      'ImportToken',
      'EncryptedKeyMaterial',
      'KeyStorePassword',
    )
    fc.assert(
      fc.property(
        fc.uniqueArray(secret, { minLength: 1 }),
        fc.constantFrom('Decrypt', 'Sign', 'CreateGrant', 'ImportKeyMaterial'),
        (names, operation) => {
          world = bareWorld()
          record({ operation }, [], null, {
            KeyId: 'k',
            ...Object.fromEntries(names.map((name) => [name, 'S3CRET'])),
            Nested: { RawSecretAccessKey: 'S3CRET' },
          })
          expect(JSON.stringify(eventsOf(own))).not.toContain('S3CRET')
        },
      ),
    )
  })
})
