/** Request quotas that our own calls count on, per account and Region (aws-facts 6.1). */
export type QuotaRow = {
  /** Name of the row in Service Quotas, or our own word where AWS names none. */
  name: string
  /** Service Quotas code, null where none is known. */
  code: string | null
  perSecond: number
}

const kms: Record<string, [perSecond: number, code: string | null]> = {
  CancelKeyDeletion: [5, 'L-635264CC'], ConnectCustomKeyStore: [5, 'L-705B9E79'], CreateAlias: [5, 'L-F7504F73'],
  CreateCustomKeyStore: [5, 'L-08932E37'], CreateGrant: [50, 'L-0428A42E'], CreateKey: [5, 'L-32B67F4A'], DeleteAlias: [15, 'L-1F75ADD1'],
  DeleteCustomKeyStore: [5, 'L-E99520CB'], DeleteImportedKeyMaterial: [15, 'L-1233BF9B'], DescribeCustomKeyStores: [5, 'L-E20AA94C'],
  DescribeKey: [2000, 'L-FAE8F084'], DisableKey: [5, 'L-6B8C93BD'], DisableKeyRotation: [5, 'L-CE1DB614'],
  DisconnectCustomKeyStore: [5, 'L-9F1FCF6D'], EnableKey: [5, 'L-BD96F100'], EnableKeyRotation: [15, 'L-BE799B67'],
  GetKeyLastUsage: [5, null], GetKeyPolicy: [1000, 'L-A2A30EC6'], GetKeyRotationStatus: [1000, 'L-D7711EF4'],
  GetParametersForImport: [1, 'L-515A0541'], GetPublicKey: [2000, 'L-E4FBCA5E'], ImportKeyMaterial: [15, 'L-99631835'],
  ListAliases: [500, 'L-BF3F8F1D'], ListGrants: [100, 'L-D39AB822'], ListKeyPolicies: [100, 'L-79E0D0AB'], ListKeyRotations: [100, 'L-171660E4'],
  ListKeys: [500, 'L-8A08DAEA'], ListResourceTags: [2000, 'L-FB6513A2'], ListRetirableGrants: [100, 'L-161E93A6'], PutKeyPolicy: [15, 'L-9DDDE6CA'],
  ReplicateKey: [5, 'L-E1C93865'], RetireGrant: [50, 'L-74021A59'], RevokeGrant: [50, 'L-F20EBCB7'], RotateKeyOnDemand: [5, null],
  ScheduleKeyDeletion: [15, 'L-88313D4A'], TagResource: [10, 'L-7D6DE447'], UntagResource: [5, 'L-6375F442'], UpdateAlias: [5, 'L-DB3BF542'],
  UpdateCustomKeyStore: [5, 'L-275D92F3'], UpdateKeyDescription: [5, 'L-A3828E1F'], UpdatePrimaryRegion: [5, 'L-F83AC7F7'],
}

/** STS publishes 600 a second for an account and Region, all its calls together. The others: rates AWS does not publish, or publishes as vague: one budget for all of a service, well below what was seen (aws-facts 6.3, 7.2). */
const services: Record<string, number> = { sts: 600, iam: 5, organizations: 4, account: 4, servicequotas: 4, cloudwatch: 20, cloudtrail: 5, cloudhsm: 2 }

/** The row that a call of `api` (kms:ListGrants) counts on. A KMS operation that is not in the table gets AWS's smallest, 5 a second. */
export function quotaRowOf(api: string): QuotaRow {
  const [service = '', operation = ''] = api.split(':')
  if (service === 'kms') {
    const [perSecond, code] = kms[operation] ?? [5, null]
    return { name: `${operation} request rate`, code, perSecond }
  }
  if (api === 'cloudtrail:LookupEvents') return { name: 'LookupEvents', code: null, perSecond: 2 }
  return { name: `all of ${service}`, code: null, perSecond: services[service] ?? 2 }
}

/** Service Quotas code -> row name, for putting applied values into the budgets. */
export const rowNameByCode: ReadonlyMap<string, string> = new Map(
  Object.entries(kms).flatMap(([operation, [, code]]) => (code ? [[code, `${operation} request rate`] as const] : [])),
)
