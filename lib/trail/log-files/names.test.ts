import { describe, expect, it } from 'vitest'
import { dayFolder, digestFolder, logFolder, readDigestName, timeOfLog } from './names'
import { stepAfter, type Digest } from './digest'

describe('names as AWS’s pages give them', () => {
  it('of log files', () => {
    const name =
      '2015/08/01/111122223333_CloudTrail_us-east-2_20150801T0210Z_Mu0KsOhtH1ar15ZZ.json.gz'
    expect(timeOfLog(name)).toEqual(new Date('2015-08-01T02:10:00Z'))
    expect(timeOfLog(name.replace('0801T', '1301T'))).toBeNull()
    expect(timeOfLog('2015/08/01/notes.json.gz')).toBeNull()
  })

  it('of digests, whatever letters a trail’s name has', () => {
    const name =
      '111122223333_CloudTrail-Digest_us-east-2_my_own.trail-name_us-east-1_20150817T141728Z.json.gz'
    expect(readDigestName(`2015/08/17/${name}`)).toEqual({
      trail: 'my_own.trail-name',
      home: 'us-east-1',
      at: new Date('2015-08-17T14:17:28Z'),
    })
    expect(timeOfLog(name)).toBeNull()
  })

  it('of folders, with and without a prefix and an organization', () => {
    const folder = { accountId: '111122223333', region: 'eu-west-1', organization: null }
    expect(logFolder('', folder)).toBe('AWSLogs/111122223333/CloudTrail/eu-west-1/')
    expect(digestFolder('kept/here', { ...folder, organization: 'o-exampleorgid' })).toBe(
      'kept/here/AWSLogs/o-exampleorgid/111122223333/CloudTrail-Digest/eu-west-1/',
    )
    expect(dayFolder(new Date('2026-11-30T23:59:59Z'))).toBe('2026/11/30/')
  })
})

it('a chain goes on, begins, begins anew, lacks a link, or has one that was altered', () => {
  const last = { object: 'a', hash: '1', signature: '2', until: '2026-11-30T00:00:00Z' }
  const time = new Date(0)
  const digest = (object: string | null, hash = '1', signature = '2'): Digest => ({
    digestStartTime: time,
    digestEndTime: time,
    digestEndTimeText: '',
    digestS3Bucket: '',
    digestS3Object: '',
    digestPublicKeyFingerprint: '',
    digestSignatureAlgorithm: '',
    previousDigestS3Object: object,
    previousDigestHashValue: hash,
    previousDigestSignature: signature,
    logFiles: [],
  })
  expect(stepAfter(null, digest('a'))).toEqual({ kind: 'first' })
  expect(stepAfter(last, digest('a'))).toEqual({ kind: 'follows' })
  expect(stepAfter(last, digest(null))).toEqual({ kind: 'anew' })
  expect(stepAfter(last, digest('b'))).toEqual({ kind: 'missing', before: 'b' })
  expect(stepAfter(last, digest('a', 'other'))).toEqual({ kind: 'altered', before: 'a' })
  expect(stepAfter(last, digest('a', '1', 'other'))).toEqual({ kind: 'altered', before: 'a' })
})
