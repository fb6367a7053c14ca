import { auditTable } from '@/lib/audit/audit-table'
import { tableHref } from '@/lib/table/state'

export const requestHref = (id: string) => `/requests/${encodeURIComponent(id)}`
/** Everything of the log about one person, key or request. */
export const aboutHref = (property: 'person' | 'key' | 'request', value: string) =>
  tableHref('/audit', auditTable, { property, operator: 'eq', values: [value] })
