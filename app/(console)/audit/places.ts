import { auditTable } from '@/lib/table/audit'
import { tableHref } from '@/lib/table/state'

/** Where a key's page is, by its ARN; null for what is no key ARN. */
export function keyHref(arn: string): string | null {
  const [, region, account, id] = /^arn:[^:]+:kms:([^:]+):(\d{12}):key\/(.+)$/u.exec(arn) ?? []
  return region && account && id ? `/keys/${account}/${region}/${encodeURIComponent(id)}` : null
}

export const requestHref = (id: string) => `/requests/${encodeURIComponent(id)}`
/** Everything of the log about one person, key or request. */
export const aboutHref = (property: 'person' | 'key' | 'request', value: string) => tableHref('/audit', auditTable, { property, operator: 'eq', values: [value] })
