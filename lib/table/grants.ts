import { grantOperations } from '../kms/grant-operations'
import type { TableDefinition } from './definition'

/** The grants of the whole fleet. */
export const grantsTable: TableDefinition = {
  name: 'grants',
  properties: {
    account: { label: 'Account', kind: 'enum', also: ['has', 'hasnt'] },
    region: { label: 'Region', kind: 'enum' },
    flag: { label: 'Worth a look', kind: 'enum', values: ['orphaned', 'duplicate', 'overBroad', 'crossAccount', 'withoutEnd', 'old'] },
    issuerClass: { label: 'Issued by', kind: 'enum', values: ['awsService', 'human', 'claviger'] },
    known: { label: 'Why it exists', kind: 'enum', values: ['request', 'adopted', 'awsService', 'nobody'] },
    granteeExists: { label: 'Grantee exists', kind: 'enum', values: ['yes', 'no', 'notApplicable', 'unknown'] },
    crossAccount: { label: 'Across accounts', kind: 'enum', values: ['yes', 'no', 'notApplicable', 'unknown'] },
    constrained: { label: 'Constrained', kind: 'enum', values: ['yes', 'no'] },
    operation: { label: 'Operation', kind: 'enum', values: [...grantOperations] },
    gone: { label: 'Gone from AWS', kind: 'enum', values: ['yes', 'no'] },
    key: { label: 'Key ID', kind: 'text' },
    alias: { label: 'Alias of the key', kind: 'text' },
    grantee: { label: 'Grantee', kind: 'text' },
    granteeAccount: { label: 'Account of the grantee', kind: 'text' },
    retiring: { label: 'Retiring principal', kind: 'text' },
    grantId: { label: 'Grant ID', kind: 'text' },
    name: { label: 'Name', kind: 'text' },
    created: { label: 'Creation date', kind: 'date' },
    ageDays: { label: 'Age in days', kind: 'number' },
    ends: { label: 'End', kind: 'date' },
  },
  columns: [
    { id: 'grantee', label: 'Grantee', sortable: true },
    { id: 'key', label: 'Key', sortable: true },
    { id: 'account', label: 'Account', sortable: true },
    { id: 'region', label: 'Region', sortable: true },
    { id: 'issuerClass', label: 'Issued by', sortable: true },
    { id: 'operations', label: 'Operations', sortable: false },
    { id: 'constraints', label: 'Constraints', sortable: false },
    { id: 'flags', label: 'Worth a look', sortable: false },
    { id: 'crossAccount', label: 'Across accounts', sortable: true },
    { id: 'created', label: 'Age', sortable: true },
    { id: 'ends', label: 'End', sortable: true },
    { id: 'known', label: 'Why it exists', sortable: true },
    { id: 'retiring', label: 'Retiring principal', sortable: true },
    { id: 'name', label: 'Name', sortable: true },
    { id: 'grantId', label: 'Grant ID', sortable: true },
    { id: 'observed', label: 'Observed', sortable: true },
  ],
  defaultColumns: ['grantee', 'flags', 'key', 'known', 'ends', 'created', 'account', 'issuerClass', 'operations', 'constraints', 'region'],
  defaultSort: { column: 'created', direction: 'asc' },
  tags: false,
  pageSizes: [50, 75, 100],
}

export const grantFacets = ['flag', 'issuerClass', 'known', 'granteeExists', 'account', 'region', 'crossAccount', 'constrained'] as const
export type GrantFacet = (typeof grantFacets)[number]
