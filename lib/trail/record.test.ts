import fc from 'fast-check'
import { expect, test } from 'vitest'
import { setAsideReasons, type TrailEvent } from './event'
import { nameOfPrincipal } from './principal'
import { takeRecord } from './record'
import { damagedText } from './test/damaged'
import { keyArn, otherArn, otherRecord, shapes, type ShapeName } from './test/shapes'

function eventOf(record: object): TrailEvent {
  const taken = takeRecord(JSON.stringify(record))
  if (taken.kind !== 'event') throw new Error(JSON.stringify(taken))
  return taken.event
}
const shape = (name: ShapeName) => eventOf(shapes[name])

test('every published shape is an event of its account, Region, operation and key', () => {
  for (const [name, record] of Object.entries(shapes)) {
    const event = eventOf(record)
    expect(event, name).toMatchObject({
      accountId: '111122223333',
      region: record.awsRegion,
      operation: record.eventName,
      eventId: record.eventID,
      readOnly: record.readOnly,
      isCorrection: false,
    })
    expect(event.occurredAt, name).toBe(record.eventTime)
  }
  const withoutKey = Object.keys(shapes).filter((name) => shape(name as ShapeName).keyArn === null)
  expect(withoutKey).toEqual(['listAliases', 'generateRandom'])
})

test('the keys are those of the resources, the parameters and the answer', () => {
  expect(shape('reEncrypt')).toMatchObject({ keyArn, moreKeys: [otherArn] })
  expect(shape('createAlias')).toMatchObject({ keyArn, moreKeys: null })
  expect(shape('denied').keyArn, 'named in the words of the refusal').toBe(keyArn)
  expect(shape('updatePrimaryRegion').keyArn).toContain('ap-northeast-1')
  expect(shape('replicateKey').moreKeys).toEqual([
    'arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab',
  ])
  const byId = eventOf({ ...shapes.putKeyPolicy, resources: undefined })
  expect(byId.keyArn, 'an ID is one of the account and Region').toBe(keyArn)
})

test('principals are named as people know them', () => {
  expect(shape('s3')).toMatchObject({
    principalKind: 'role',
    principal: 'arn:aws:iam::111122223333:role/app/App',
    session: 'i-0example',
    via: 's3.amazonaws.com',
  })
  const sso = shape('permissionSet')
  expect(sso).toMatchObject({ principalKind: 'permissionSet', session: 'ann@example.com' })
  expect(nameOfPrincipal(sso.principal)).toBe('KeyAdmins')
  expect(shape('foreign')).toMatchObject({
    principalKind: 'account',
    principal: '444455556666',
    principalAccount: '444455556666',
    principalId: 'AROAFOREIGN',
    session: 'job',
    sharedId: '33333333-0000-4000-8000-000000000002',
    vpcEndpoint: 'vpce-0example',
  })
  expect(shape('rotateKey')).toMatchObject({ principalKind: 'service', principal: 'AWS Internal' })
  expect(shape('decrypt')).toMatchObject({
    principalKind: 'user',
    principal: 'arn:aws:iam::111122223333:user/Alice',
  })
})

test('a session without its issuer is still its role', () => {
  const { sessionContext: _, ...identity } = { sessionContext: null, ...shapes.s3.userIdentity }
  const event = eventOf({ ...shapes.s3, userIdentity: identity })
  expect(event.principal).toBe('arn:aws:iam::111122223333:role/App')
  expect(event.session).toBe('i-0example')
})

test('what was done with a key is told by outcome, and refusals are no uses', () => {
  expect(shape('decrypt')).toMatchObject({ outcome: 'success', isUse: true, errorCode: null })
  expect(shape('decryptFailed')).toMatchObject({
    outcome: 'failed',
    isUse: true,
    errorCode: 'IncorrectKeyException',
  })
  expect(shape('denied')).toMatchObject({ outcome: 'denied', isUse: false })
  expect(shape('createKey')).toMatchObject({ outcome: 'success', isUse: false })
  for (const errorCode of ['AccessDeniedException', 'Client.UnauthorizedOperation'])
    expect(eventOf({ ...shapes.denied, errorCode }).outcome, errorCode).toBe('denied')
})

test('the resource is the one that the encryption context names', () => {
  expect(shape('s3')).toMatchObject({
    resourceKind: 'S3 bucket',
    resource: 'arn:aws:s3:::demo-bucket',
    context: { 'aws:s3:arn': 'arn:aws:s3:::demo-bucket/folder/object' },
  })
  expect(shape('ebs')).toMatchObject({ resourceKind: 'EBS volume', resource: 'vol-13439757' })
  expect(shape('decrypt')).toMatchObject({
    resourceKind: 'Encryption context',
    resource: 'Department, Project',
    context: { Department: 'Engineering', Project: 'Alpha' },
  })
})

test('grants are told with their facts', () => {
  expect(shape('createGrant').grant).toMatchObject({
    id: 'f020fe75197b93991dc8491d6f19dd3cebb24ee62277a05914386724f3d48758',
    grantee: 'EX_PRINCIPAL_ID',
    operations: ['Encrypt', 'RetireGrant'],
    constraints: { encryptionContextSubset: { ContextKey1: 'Value1' } },
  })
  expect(shape('retireGrant').grant?.id).toContain('abcde1237f76')
})

test('the connection is told as far as the record tells it', () => {
  expect(shape('permissionSet')).toMatchObject({
    tlsVersion: 'TLSv1.3',
    tlsCipher: 'TLS_AES_128_GCM_SHA256',
    tlsKeyExchange: 'x25519mlkem768',
  })
  expect(shape('decrypt')).toMatchObject({ sourceIp: '192.0.2.0', tlsVersion: null })
})

test('a corrected record is that of the event it corrects', () => {
  const addendum = { reason: 'UPDATED_DATA', originalEventID: 'the-first', updatedFields: 'tls' }
  expect(eventOf({ ...shapes.decrypt, addendum })).toMatchObject({
    eventId: 'the-first',
    isCorrection: true,
  })
})

test('what is no record of ours says why', () => {
  const reasonOf = (text: string) => {
    const taken = takeRecord(text)
    return taken.kind === 'setAside' ? taken.reason : taken.kind
  }
  const without = (name: string) => JSON.stringify({ ...shapes.decrypt, [name]: undefined })
  expect(reasonOf('{"eventVersion":')).toBe('notJson')
  expect(reasonOf('[1]')).toBe('notRecord')
  expect(reasonOf('null')).toBe('notRecord')
  expect(reasonOf(without('eventVersion'))).toBe('version')
  expect(reasonOf(JSON.stringify({ ...shapes.decrypt, eventVersion: '2.0' }))).toBe('version')
  expect(reasonOf(without('eventID'))).toBe('noEventId')
  expect(reasonOf(without('eventTime'))).toBe('noTime')
  expect(reasonOf(JSON.stringify({ ...shapes.decrypt, eventTime: '1999-01-01T00:00:00Z' }))).toBe(
    'noTime',
  )
  expect(reasonOf(without('awsRegion'))).toBe('noRegion')
  expect(reasonOf(without('eventName'))).toBe('noName')
  expect(reasonOf(without('eventSource'))).toBe('notRecord')
  expect(reasonOf(JSON.stringify(otherRecord))).toBe('other')
  const nowhere = { ...shapes.decrypt, recipientAccountId: null, userIdentity: null, resources: [] }
  expect(reasonOf(JSON.stringify(nowhere))).toBe('noAccount')
  expect(takeRecord(JSON.stringify(nowhere), { accountId: '111122223333' }).kind).toBe('event')
})

test('10,000 damaged records: each is an event that can be stored, or says why not', () => {
  const kinds = new Map<string, number>()
  fc.assert(
    fc.property(damagedText, (text) => {
      const taken = takeRecord(text)
      kinds.set(taken.kind, (kinds.get(taken.kind) ?? 0) + 1)
      if (taken.kind === 'setAside') {
        expect(Object.keys(setAsideReasons)).toContain(taken.reason)
        expect(taken.reason).not.toBe('unexpected')
      }
      if (taken.kind !== 'event') return
      const { event } = taken
      expect(event.accountId).toMatch(/^\d{12}$/)
      expect(Date.parse(event.occurredAt)).not.toBeNaN()
      const looked = [event.eventId, event.operation, event.principal, event.resource, event.keyArn]
      for (const one of looked) expect(one?.length ?? 0).toBeLessThanOrEqual(512)
      expect(JSON.stringify(event)).not.toMatch(/\\u0000|\\ud[89a-f]/i)
    }),
    { numRuns: 10_000 },
  )
  expect(kinds.get('event')).toBeGreaterThan(2_000)
  expect(kinds.get('setAside')).toBeGreaterThan(2_000)
})

test('a record nested beyond reason is set aside or stored, and does not end the process', () => {
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`
  const text = JSON.stringify(shapes.decrypt).replace('"Alpha"', deep)
  expect(['event', 'setAside']).toContain(takeRecord(text).kind)
})
