import { findOperation, operations } from '../kms/operations'

/** Request quotas that our own calls count on, per account and Region. */
export type QuotaRow = {
  /** Name of the row in Service Quotas, or our own word where AWS names none. */
  name: string
  /** Service Quotas code, null where none is known. */
  code: string | null
  perSecond: number
}

/**
 * STS publishes 600 a second for an account and Region, all its calls together. The
 * others: rates AWS does not publish, or publishes as vague: one budget for all of a
 * service, well below what was seen.
 */
const services: Record<string, number> = {
  sts: 600,
  iam: 5,
  organizations: 4,
  account: 4,
  servicequotas: 4,
  cloudwatch: 20,
  cloudtrail: 5,
  cloudhsm: 2,
  // Of 5,500 reads a second that S3 answers for one prefix.
  s3: 300,
}

/**
 * The row that a call of `api` (kms:ListGrants) counts on. A KMS operation that is not in the table
 * gets AWS's smallest, 5 a second.
 */
export function quotaRowOf(api: string): QuotaRow {
  const [service = '', operation = ''] = api.split(':')
  if (service === 'kms') {
    const { perSecond, code } = findOperation(operation)?.quota ?? { perSecond: 5, code: null }
    return { name: `${operation} request rate`, code, perSecond }
  }
  if (api === 'cloudtrail:LookupEvents') return { name: 'LookupEvents', code: null, perSecond: 2 }
  return { name: `all of ${service}`, code: null, perSecond: services[service] ?? 2 }
}

/** Service Quotas code -> row name, for putting applied values into the budgets. */
export const rowNameByCode: ReadonlyMap<string, string> = new Map(
  Object.entries(operations).flatMap(([operation, { quota }]) =>
    quota?.code ? [[quota.code, `${operation} request rate`] as const] : [],
  ),
)
