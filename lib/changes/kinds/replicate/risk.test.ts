import { expect, it } from 'vitest'
import { kinds } from '../registry'

const accountId = '111122223333'
const keyArn = `arn:aws:kms:eu-west-1:${accountId}:key/mrk-0123456789abcdef0123456789abcdef`
const state = {
  keyState: 'Enabled',
  keyManager: 'CUSTOMER',
  keySpec: 'SYMMETRIC_DEFAULT',
  keyUsage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  role: 'primary',
  primaryRegion: 'eu-west-1',
  regions: ['eu-west-1'],
  otherState: null,
  otherChange: null,
}
const policyFor = (...AWS: string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*' }],
  })

it('a replica is no way round what such a policy on the key itself would need', () => {
  const riskOf = (policy: string | null) =>
    kinds.replicate
      .open({
        changeId: '00000000-0000-4000-8000-000000000000',
        endsAt: null,
        key: null,
        place: { accountId, region: 'eu-west-1', partition: 'aws', keyArn },
        input: { replicaRegion: 'us-east-1', policy },
      })
      .risk(state)
  expect(riskOf(null).risk).toBe('high')
  expect(riskOf(policyFor(`arn:aws:iam::${accountId}:root`)).risk).toBe('high')
  const foreign = riskOf(
    policyFor(`arn:aws:iam::${accountId}:root`, 'arn:aws:iam::999988887777:root'),
  )
  expect(foreign.reasons.join(' ')).toContain('999988887777')
  expect(riskOf(policyFor('arn:aws:iam::999988887777:root')).risk).toBe('critical')
})
