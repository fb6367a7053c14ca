import { principalKinds } from '../../trail/event'
import { defineTable } from '../../table/definition'
import { outOfBandStates, stateWords, whyWords, type OutOfBandRow } from './out-of-band-row'

const kindWords: Readonly<Record<(typeof principalKinds)[number], string>> = {
  role: 'Role',
  permissionSet: 'Permission set',
  user: 'IAM user',
  root: 'Root user',
  federated: 'Federated user',
  identityCenter: 'Identity Center user',
  account: 'Another account',
  service: 'AWS service',
  unknown: 'Unknown',
}

/** Changes of keys that the trail saw and nobody requested here. */
export const outOfBandTable = defineTable<OutOfBandRow>()({
  name: 'outOfBand',
  title: 'Out of band',
  noun: ['change', 'changes'],
  path: '/trail/out-of-band',
  parent: { title: 'Trail', path: '/trail' },
  fields: {
    time: { label: 'Time', filter: { kind: 'date' }, column: { width: 104 } },
    operation: {
      label: 'Operation',
      filter: { kind: 'enum' },
      facet: true,
      column: { width: 136 },
    },
    state: {
      label: 'Review',
      filter: { kind: 'enum', values: outOfBandStates, words: stateWords },
      facet: true,
      column: { width: 170 },
    },
    why: {
      label: 'Why out of band',
      filter: { kind: 'enum', words: whyWords },
      facet: true,
      column: { width: 190 },
    },
    principal: { label: 'Principal', filter: { kind: 'text' }, column: { width: 140 } },
    principalKind: {
      label: 'Kind of principal',
      filter: { kind: 'enum', values: principalKinds, words: kindWords },
      facet: true,
    },
    session: { label: 'Session', filter: { kind: 'text' }, column: { width: 130 } },
    key: { label: 'Key', filter: { kind: 'text' }, column: { width: 120 } },
    account: {
      label: 'Account',
      filter: { kind: 'enum', also: ['has', 'hasnt'] },
      facet: true,
      column: { width: 118 },
    },
    region: { label: 'Region', filter: { kind: 'enum' }, facet: true, column: { width: 96 } },
    event: { label: 'Event ID', filter: { kind: 'enum' }, column: { width: 130 } },
    reason: { label: 'Reason of the review', filter: { kind: 'text' }, column: { width: 160 } },
    reviewedBy: { label: 'Reviewed by', filter: { kind: 'text' }, column: { width: 140 } },
  },
  defaultColumns: ['time', 'operation', 'principal', 'key', 'why', 'state', 'account', 'region'],
  defaultSort: { column: 'time', direction: 'desc' },
})
