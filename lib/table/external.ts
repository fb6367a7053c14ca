import type { TableDefinition } from './definition'

export const nearnessValues = ['anyone', 'outside', 'organization'] as const
export const reviewStates = ['unreviewed', 'ended', 'changed', 'toFix', 'accepted'] as const
export type ReviewState = (typeof reviewStates)[number]

/** Who reaches keys from beyond their accounts, over the whole fleet. */
export const externalTable: TableDefinition = {
  name: 'external',
  properties: {
    account: { label: 'Account', kind: 'enum', also: ['has', 'hasnt'] },
    region: { label: 'Region', kind: 'enum' },
    nearness: { label: 'From', kind: 'enum', values: [...nearnessValues] },
    review: { label: 'Review', kind: 'enum', values: [...reviewStates] },
    ability: { label: 'Can', kind: 'enum' },
    road: { label: 'Through', kind: 'enum', values: ['statement', 'grant'] },
    principal: { label: 'Who', kind: 'text' },
    principalAccount: { label: 'Account of who', kind: 'text' },
    key: { label: 'Key ID', kind: 'text' },
    alias: { label: 'Alias of the key', kind: 'text' },
    since: { label: 'Since', kind: 'date' },
    sinceDays: { label: 'Days since', kind: 'number' },
  },
  columns: [
    { id: 'key', label: 'Key', sortable: true },
    { id: 'principal', label: 'Who', sortable: true },
    { id: 'nearness', label: 'From', sortable: true },
    { id: 'abilities', label: 'Can', sortable: false },
    { id: 'through', label: 'Through', sortable: false },
    { id: 'conditions', label: 'With which condition', sortable: false },
    { id: 'since', label: 'Since', sortable: true },
    { id: 'review', label: 'Review', sortable: true },
    { id: 'account', label: 'Account', sortable: true },
    { id: 'region', label: 'Region', sortable: true },
    { id: 'evaluated', label: 'Evaluated', sortable: true },
  ],
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
  tags: false,
  pageSizes: [50, 75, 100],
}

export const externalFacets = [
  'nearness',
  'review',
  'ability',
  'road',
  'account',
  'region',
] as const
export type ExternalFacet = (typeof externalFacets)[number]
