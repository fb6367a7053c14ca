import { defineTable } from '../table/definition'

/**
 * The audit log: what people and the worker did here. Always newest first, because that is the
 * order of the chain.
 */
export const auditTable = defineTable<never>()({
  name: 'audit',
  title: 'Audit log',
  noun: ['entry', 'entries'],
  path: '/audit',
  fields: {
    seq: { label: 'Entry', column: { unsorted: true } },
    at: {
      label: 'When',
      filter: { kind: 'date', label: 'Day' },
      column: { unsorted: true },
    },
    event: {
      label: 'Event',
      filter: { kind: 'enum', also: ['has', 'hasnt'] },
      column: { unsorted: true },
    },
    actor: { label: 'Who', column: { unsorted: true } },
    person: { label: 'Person', filter: { kind: 'enum', also: ['has', 'hasnt'] } },
    by: { label: 'Done by', filter: { kind: 'enum', values: ['person', 'console'] } },
    account: {
      label: 'Account',
      filter: { kind: 'enum', also: ['has', 'hasnt'] },
      column: { unsorted: true },
    },
    key: {
      label: 'Key',
      filter: { kind: 'text', label: 'Key ARN' },
      column: { unsorted: true },
    },
    request: { label: 'Request', filter: { kind: 'text' }, column: { unsorted: true } },
    data: { label: 'Facts', column: { unsorted: true } },
  },
  defaultColumns: ['seq', 'at', 'event', 'actor', 'account', 'key', 'request', 'data'],
  defaultSort: { column: 'seq', direction: 'desc' },
})
