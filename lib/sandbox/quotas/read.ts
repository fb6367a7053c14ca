import { AwsError, type Call, type Input } from '../call'
import type { RegionState } from '../world'
import { REQUEST_QUOTAS, RESOURCE_QUOTAS, type RequestQuota } from './table'

/** A quota that Service Quotas knows: with a code. */
export type KnownQuota = {
  name: string
  code: string
  adjustable: boolean
  request: RequestQuota | null
  defaultValue: (region: string) => number
}

export const KNOWN_QUOTAS: readonly KnownQuota[] = [
  ...REQUEST_QUOTAS.flatMap((quota): KnownQuota[] =>
    quota.code === null
      ? []
      : [
          {
            name: quota.name,
            code: quota.code,
            adjustable: quota.adjustable,
            request: quota,
            defaultValue: quota.defaultPerSecond,
          },
        ],
  ),
  ...RESOURCE_QUOTAS.flatMap((quota): KnownQuota[] =>
    quota.code === null
      ? []
      : [
          {
            name: quota.name,
            code: quota.code,
            adjustable: quota.adjustable,
            request: null,
            defaultValue: () => quota.value,
          },
        ],
  ),
]

export function getQuota(code: string | undefined): KnownQuota {
  const quota = KNOWN_QUOTAS.find((known) => known.code === code)
  if (!quota)
    throw new AwsError(
      'NoSuchResourceException',
      'The request failed because the specified service quota does not exist.',
    )
  return quota
}

export function appliedValue(state: RegionState, quota: KnownQuota): number {
  return state.quotaOverrides.get(quota.code) ?? quota.defaultValue(state.name)
}

/** Many KMS quotas come without a UsageMetric; these have one. */
const MEASURED = new Set([
  'CryptographicOperationsSymmetric',
  'CryptographicOperationsRsa',
  'CryptographicOperationsEcc',
  'DescribeKey',
  'CreateGrant',
  'CreateKey',
  'ListGrants',
  'ListKeys',
  'ListAliases',
  'GetKeyPolicy',
  'GetKeyRotationStatus',
  'GetPublicKey',
  'GetParametersForImport',
  'ListResourceTags',
  'RevokeGrant',
  'RetireGrant',
])

export function describeQuota(call: Call, quota: KnownQuota, value: number, owner: string): Input {
  const resource = quota.request?.usageResource
  const measured =
    resource !== undefined &&
    (MEASURED.has(resource) || resource.startsWith('GenerateDataKeyPair-'))
  return {
    ServiceCode: 'kms',
    ServiceName: 'AWS Key Management Service (AWS KMS)',
    QuotaArn: `arn:aws:servicequotas:${call.region}:${owner}:kms/${quota.code}`,
    QuotaCode: quota.code,
    QuotaName: quota.name,
    Value: value,
    Unit: 'None',
    Adjustable: quota.adjustable,
    GlobalQuota: false,
    ...(measured ? { UsageMetric: usageMetric(resource) } : {}),
    ...(quota.request ? { Period: { PeriodValue: 1, PeriodUnit: 'SECOND' } } : {}),
    QuotaAppliedAtLevel: 'ACCOUNT',
  }
}

function usageMetric(resource: string): Input {
  return {
    MetricNamespace: 'AWS/Usage',
    MetricName: 'CallCount',
    MetricDimensions: {
      Class: 'None',
      Resource: resource,
      Service: 'KMS',
      Type: 'API',
    },
    MetricStatisticRecommendation: 'Sum',
  }
}

/**
 * ListServiceQuotas names only quotas with a record of an applied value (aws-facts 6.3). Which
 * those are AWS does not say; here the data key pairs have none until they are raised, so that
 * whoever forgets to join with the defaults finds out.
 */
export function listApplied(state: RegionState): KnownQuota[] {
  return KNOWN_QUOTAS.filter(
    (quota) => state.quotaOverrides.has(quota.code) || quota.request?.dataKeyPairSpec == null,
  )
}
