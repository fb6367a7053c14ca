import { describe, expect, it } from 'vitest'
import type { Call, Input, Json } from '../call'
import { buildScenario } from '../scenario/build'
import { callBy } from '../test/call'
import type { World } from '../world'
import { serviceQuotasOperations } from './operations'
import { findRequestQuota, REQUEST_QUOTAS } from './table'

const now = Date.UTC(2026, 10, 18)
const accountId = '444455556666'

function admin(world: World, more: Partial<Call> = {}): Call {
  const arn = `arn:aws:iam::${accountId}:user/admin`
  return callBy(
    world,
    {
      accountId,
      arn,
      kind: 'user',
      entityArn: arn,
      userId: 'AIDAX',
      accessKeyId: accountId,
      sessionPolicies: [],
      sourceIdentity: null,
      sessionCreatedAt: null,
    },
    { now, service: 'servicequotas', region: 'eu-central-1', ...more },
  )
}

async function run(call: Call, operation: string, input: Input): Promise<Input> {
  const operate = serviceQuotasOperations[operation]
  if (!operate) throw new Error(`no ${operation}`)
  return operate({ ...call, operation }, { ServiceCode: 'kms', ...input })
}

async function codeOf(outcome: Promise<unknown>): Promise<unknown> {
  return outcome.then(
    () => null,
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )
}

const field = (value: Json | undefined, name: string) =>
  value && typeof value === 'object' && !Array.isArray(value) ? value[name] : undefined

describe('Service Quotas', () => {
  it("lists defaults page by page, each code once, by AWS's values for the Region", async () => {
    const call = admin(buildScenario({ scenario: 'empty', now }))
    const quotas: Json[] = []
    let NextToken: Json | undefined
    do {
      const output = await run(call, 'ListAWSDefaultServiceQuotas', { MaxResults: 7, NextToken })
      quotas.push(...(Array.isArray(output.Quotas) ? output.Quotas : []))
      NextToken = output.NextToken
    } while (NextToken !== undefined)
    const codes = quotas.map((quota) => field(quota, 'QuotaCode'))
    expect(new Set(codes).size).toBe(codes.length)
    const symmetric = quotas.find((quota) => field(quota, 'QuotaCode') === 'L-6E3AF000')
    expect(field(symmetric, 'Value')).toBe(20_000)
    expect(field(field(symmetric, 'UsageMetric'), 'MetricDimensions')).toEqual({
      Class: 'None',
      Resource: 'CryptographicOperationsSymmetric',
      Service: 'KMS',
      Type: 'API',
    })
  })

  it('approves a small increase with time, once, and holds it in its Region alone', async () => {
    const world = buildScenario({ scenario: 'empty', now })
    const asked = { QuotaCode: 'L-D39AB822', DesiredValue: 150 }
    const { RequestedQuota } = await run(admin(world), 'RequestServiceQuotaIncrease', asked)
    expect(field(RequestedQuota, 'Status')).toBe('PENDING')
    const again = run(admin(world), 'RequestServiceQuotaIncrease', { ...asked, DesiredValue: 160 })
    expect(await codeOf(again)).toBe('ResourceAlreadyExistsException')
    const later = { now: now + 3_600_000 }
    const value = async (more: Partial<Call>) => {
      const { Quota } = await run(admin(world, more), 'GetServiceQuota', {
        QuotaCode: 'L-D39AB822',
      })
      return field(Quota, 'Value')
    }
    expect(await value({})).toBe(100)
    expect(await value(later)).toBe(150)
    expect(await value({ ...later, region: 'us-east-1' })).toBe(100)
    const approved = { QuotaCode: 'L-D39AB822', Status: 'APPROVED' }
    const history = await run(
      admin(world, later),
      'ListRequestedServiceQuotaChangeHistoryByQuota',
      approved,
    )
    expect(history.RequestedQuotas).toHaveLength(1)
  })

  it('refuses what AWS refuses', async () => {
    const call = admin(buildScenario({ scenario: 'empty', now }))
    const increase = (input: Input) => codeOf(run(call, 'RequestServiceQuotaIncrease', input))
    expect(await increase({ QuotaCode: 'L-D39AB822', DesiredValue: 100 })).toBe(
      'IllegalArgumentException',
    )
    expect(await increase({ QuotaCode: 'L-0E66C9C0', DesiredValue: 30 })).toBe(
      'IllegalArgumentException',
    )
    expect(await increase({ QuotaCode: 'L-00000000', DesiredValue: 30 })).toBe(
      'NoSuchResourceException',
    )
    expect(await codeOf(run(call, 'ListServiceQuotas', { ServiceCode: 'ec2' }))).toBe(
      'NoSuchResourceException',
    )
  })
})

describe('the quota table', () => {
  it('has one row for every KMS operation and kind of key', () => {
    const operations = [
      'DescribeKey',
      'GetKeyLastUsage',
      'RotateKeyOnDemand',
      'ListGrants',
      'GenerateRandom',
      'UpdatePrimaryRegion',
    ]
    for (const operation of operations)
      expect(findRequestQuota(operation, null, null)?.name).toBeTruthy()
    expect(findRequestQuota('Decrypt', 'SYMMETRIC_DEFAULT', null)?.code).toBe('L-6E3AF000')
    expect(findRequestQuota('VerifyMac', 'HMAC_384', null)?.code).toBe('L-6E3AF000')
    expect(findRequestQuota('Sign', 'RSA_3072', null)?.code).toBe('L-2AC98190')
    expect(findRequestQuota('Sign', 'ECC_NIST_EDWARDS25519', null)?.code).toBe('L-DC14942D')
    expect(findRequestQuota('Sign', 'ML_DSA_65', null)?.code).toBe('L-3C995F2B')
    expect(
      findRequestQuota('GenerateDataKeyPair', 'SYMMETRIC_DEFAULT', 'RSA_4096')?.defaultPerSecond(
        'eu-west-1',
      ),
    ).toBe(1)
    expect(findRequestQuota('ListAccounts', null, null)).toBeNull()
  })

  it('knows no code and no name twice', () => {
    const codes = REQUEST_QUOTAS.flatMap((quota) => quota.code ?? [])
    expect(new Set(codes).size).toBe(codes.length)
    expect(new Set(REQUEST_QUOTAS.map((quota) => quota.name)).size).toBe(REQUEST_QUOTAS.length)
  })
})
