import type { TableDefinition } from './definition'

export const grantOperations = ['Decrypt', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo', 'CreateGrant', 'RetireGrant', 'DescribeKey',
  'Sign', 'Verify', 'GetPublicKey', 'GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext', 'GenerateMac', 'VerifyMac', 'DeriveSharedSecret'] as const

/** The grants of the whole fleet. */
export const grantsTable: TableDefinition = {
  name: 'grants',
  properties: {
    account: { label: 'Account', kind: 'enum', also: ['has', 'hasnt'] },
    region: { label: 'Region', kind: 'enum' },
    issuerClass: { label: 'Issued by', kind: 'enum', values: ['awsService', 'human', 'claviger'] },
    crossAccount: { label: 'Across accounts', kind: 'enum', values: ['yes', 'no', 'unknown'] },
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
  },
  columns: [
    { id: 'grantee', label: 'Grantee', sortable: true },
    { id: 'key', label: 'Key', sortable: true },
    { id: 'account', label: 'Account', sortable: true },
    { id: 'region', label: 'Region', sortable: true },
    { id: 'issuerClass', label: 'Issued by', sortable: true },
    { id: 'operations', label: 'Operations', sortable: false },
    { id: 'constraints', label: 'Constraints', sortable: false },
    { id: 'crossAccount', label: 'Across accounts', sortable: true },
    { id: 'created', label: 'Age', sortable: true },
    { id: 'retiring', label: 'Retiring principal', sortable: true },
    { id: 'name', label: 'Name', sortable: true },
    { id: 'grantId', label: 'Grant ID', sortable: true },
    { id: 'observed', label: 'Observed', sortable: true },
  ],
  defaultColumns: ['grantee', 'key', 'account', 'region', 'issuerClass', 'operations', 'constraints', 'crossAccount', 'created', 'retiring'],
  defaultSort: { column: 'created', direction: 'asc' },
  tags: false,
  pageSizes: [50, 75, 100],
}

export const grantFacets = ['account', 'region', 'issuerClass', 'crossAccount', 'constrained'] as const
export type GrantFacet = (typeof grantFacets)[number]
