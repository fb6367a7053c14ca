import { defineTable, known, type CellValue } from '../table/definition'
import { cellOfFields } from '../table/export'
import { reviewStates, type ExternalRow } from './external-row'

export const nearnessValues = ['anyone', 'outside', 'organization'] as const

const plain = (pick: (row: ExternalRow) => CellValue) => (row: ExternalRow) =>
  known(pick(row), row.evaluatedAt)

/**
 * Who reaches keys from beyond their accounts, over the whole fleet. Those of the default columns
 * fit a window of 1440 pixels together. What each field is in SQL stands in external-sql.ts.
 */
export const externalTable = defineTable<ExternalRow>()({
  name: 'external',
  title: 'External access',
  noun: ['found', 'found'],
  path: '/access/external',
  fields: {
    key: {
      label: 'Key',
      filter: { kind: 'text', label: 'Key ID' },
      column: { width: 106 },
      cell: plain(({ key }) => key.aliases[0] ?? key.keyId),
    },
    principal: { label: 'Who', filter: { kind: 'text' }, column: { width: 160 } },
    nearness: {
      label: 'From',
      filter: { kind: 'enum', values: nearnessValues },
      facet: true,
      column: { width: 96 },
      cell: plain(({ nearness }) => nearness),
    },
    review: {
      label: 'Review',
      filter: { kind: 'enum', values: reviewStates },
      facet: true,
      column: { width: 122 },
      cell: plain(({ state }) => state),
    },
    ability: { label: 'Can', filter: { kind: 'enum' }, facet: true },
    abilities: {
      label: 'Can',
      column: { unsorted: true, width: 126 },
      cell: plain(({ abilities }) =>
        abilities.map(({ id, cell }) => (cell === 'yes' ? id : `${id}: ${cell}`)),
      ),
    },
    road: {
      label: 'Through',
      filter: { kind: 'enum', values: ['statement', 'grant'] },
      facet: true,
    },
    through: {
      label: 'Through',
      column: { unsorted: true, width: 128 },
      cell: plain(({ through }) => through.map(({ kind, name }) => `${kind} ${name}`)),
    },
    conditions: {
      label: 'With which condition',
      column: { unsorted: true, width: 116 },
      cell: plain(({ conditions }) => conditions),
    },
    since: {
      label: 'First seen',
      filter: { kind: 'date' },
      column: { width: 92 },
      cell: plain(({ since }) => since),
    },
    sinceDays: { label: 'Days since first seen', filter: { kind: 'number' } },
    account: {
      label: 'Account',
      filter: { kind: 'enum', also: ['has', 'hasnt'] },
      facet: true,
      column: { width: 92 },
      cell: plain(({ key }) => `${key.accountName} (${key.accountId})`),
    },
    region: {
      label: 'Region',
      filter: { kind: 'enum' },
      facet: true,
      column: { width: 83 },
      cell: plain(({ key }) => key.region),
    },
    principalAccount: { label: 'Account of who', filter: { kind: 'text' } },
    alias: { label: 'Alias of the key', filter: { kind: 'text' } },
    evaluated: { label: 'Evaluated', column: {}, cell: plain((row) => row.evaluatedAt) },
  },
  defaultColumns: [
    'key',
    'principal',
    'nearness',
    'abilities',
    'through',
    'conditions',
    'since',
    'review',
    'account',
    'region',
  ],
  defaultSort: { column: 'nearness', direction: 'asc' },
})

export const externalCell = cellOfFields<ExternalRow>(externalTable.fields)
