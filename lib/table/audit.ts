import type { TableDefinition } from './definition'

/**
 * The audit log: what people and the worker did here. Always newest first, because that
 * is the order of the chain.
 */
export const auditTable: TableDefinition = {
  name: 'audit',
  properties: {
    event: { label: 'Event', kind: 'enum', also: ['has', 'hasnt'] },
    person: { label: 'Person', kind: 'enum', also: ['has', 'hasnt'] },
    by: { label: 'Done by', kind: 'enum', values: ['person', 'console'] },
    account: { label: 'Account', kind: 'enum', also: ['has', 'hasnt'] },
    key: { label: 'Key ARN', kind: 'text' },
    request: { label: 'Request', kind: 'text' },
    at: { label: 'Day', kind: 'date' },
  },
  columns: [
    { id: 'seq', label: 'Entry', sortable: false },
    { id: 'at', label: 'When', sortable: false },
    { id: 'event', label: 'Event', sortable: false },
    { id: 'actor', label: 'Who', sortable: false },
    { id: 'account', label: 'Account', sortable: false },
    { id: 'key', label: 'Key', sortable: false },
    { id: 'request', label: 'Request', sortable: false },
    { id: 'data', label: 'Facts', sortable: false },
  ],
  defaultColumns: ['seq', 'at', 'event', 'actor', 'account', 'key', 'request', 'data'],
  defaultSort: { column: 'seq', direction: 'desc' },
  tags: false,
  pageSizes: [50, 75, 100],
}
