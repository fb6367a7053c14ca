import { grantOperations } from '../kms/grant-operations'
import { defineTable, known, type CellValue } from '../table/definition'
import { cellOfFields } from '../table/export'
import { grantFlags } from './flags'
import type { GrantsRow } from './row'

const plain = (pick: (row: GrantsRow) => CellValue) => (row: GrantsRow) =>
  known(pick(row), row.observedAt)

/** In a file: the request and its words, or that nobody knows. */
function whyOf({ cause, known: why }: GrantsRow): string {
  if (cause)
    return `R-${cause.number}: ${cause.reason ?? cause.justification}${cause.owner ? ` (${cause.owner})` : ''}`
  return why === 'awsService' ? 'AWS service' : 'nobody knows'
}

/**
 * The grants of the whole fleet. Those of the default columns fit a window of 1440 pixels together.
 * What each field is in SQL stands in grants-sql.ts.
 */
export const grantsTable = defineTable<GrantsRow>()({
  name: 'grants',
  title: 'Grants',
  noun: ['grant', 'grants'],
  path: '/grants',
  fields: {
    flag: { label: 'Worth a look', filter: { kind: 'enum', values: grantFlags }, facet: true },
    grantee: {
      label: 'Grantee',
      filter: { kind: 'text' },
      column: { width: 150 },
      cell: plain((row) => row.granteePrincipal ?? row.granteeServicePrincipal),
    },
    key: {
      label: 'Key',
      filter: { kind: 'text', label: 'Key ID' },
      column: { width: 97 },
      cell: plain((row) => row.alias ?? row.keyId),
    },
    issuerClass: {
      label: 'Issued by',
      filter: { kind: 'enum', values: ['awsService', 'human', 'claviger'] },
      facet: true,
      column: { width: 74 },
      cell: plain((row) => row.issuerClass),
    },
    known: {
      label: 'Why it exists',
      filter: { kind: 'enum', values: ['request', 'adopted', 'awsService', 'nobody'] },
      facet: true,
      column: { width: 94 },
      cell: plain(whyOf),
    },
    granteeExists: {
      label: 'Grantee exists',
      filter: { kind: 'enum', values: ['yes', 'no', 'notApplicable', 'unknown'] },
      facet: true,
    },
    account: {
      label: 'Account',
      filter: { kind: 'enum', also: ['has', 'hasnt'] },
      facet: true,
      column: { width: 92 },
      cell: plain((row) => `${row.accountName} (${row.accountId})`),
    },
    region: {
      label: 'Region',
      filter: { kind: 'enum' },
      facet: true,
      column: { width: 86 },
      cell: plain((row) => row.region),
    },
    crossAccount: {
      label: 'Across accounts',
      filter: { kind: 'enum', values: ['yes', 'no', 'notApplicable', 'unknown'] },
      facet: true,
      column: {},
      cell: plain((row) => row.crossAccount),
    },
    constrained: {
      label: 'Constrained',
      filter: { kind: 'enum', values: ['yes', 'no'] },
      facet: true,
    },
    operation: { label: 'Operation', filter: { kind: 'enum', values: grantOperations } },
    operations: {
      label: 'Operations',
      column: { unsorted: true, width: 94 },
      cell: plain((row) => row.operations),
    },
    constraints: {
      label: 'Constraints',
      column: { unsorted: true, width: 84 },
      cell: plain((row) => (typeof row.constraints === 'object' ? row.constraints : null)),
    },
    flags: {
      label: 'Worth a look',
      column: { unsorted: true, width: 156 },
      cell: plain((row) => row.flags),
    },
    created: {
      label: 'Creation date',
      filter: { kind: 'date' },
      column: { label: 'Age', width: 78 },
      cell: plain((row) => row.createdAt),
    },
    ageDays: { label: 'Age in days', filter: { kind: 'number' } },
    ends: {
      label: 'End',
      filter: { kind: 'date' },
      column: { width: 64 },
      cell: plain((row) => row.endsAt),
    },
    alias: { label: 'Alias of the key', filter: { kind: 'text' } },
    granteeAccount: { label: 'Account of the grantee', filter: { kind: 'text' } },
    retiring: {
      label: 'Retiring principal',
      filter: { kind: 'text' },
      column: { width: 200 },
      cell: plain((row) => row.retiringPrincipal ?? row.retiringServicePrincipal),
    },
    name: {
      label: 'Name',
      filter: { kind: 'text' },
      column: {},
      cell: plain((row) => row.name),
    },
    grantId: {
      label: 'Grant ID',
      filter: { kind: 'text' },
      column: { unsorted: true, width: 180 },
      cell: plain((row) => row.grantId),
    },
    observed: {
      label: 'Observed',
      column: { unsorted: true },
      cell: plain((row) => row.observedAt),
    },
    gone: { label: 'Gone from AWS', filter: { kind: 'enum', values: ['yes', 'no'] } },
  },
  defaultColumns: [
    'grantee',
    'flags',
    'key',
    'known',
    'ends',
    'created',
    'account',
    'issuerClass',
    'operations',
    'constraints',
    'region',
  ],
  defaultSort: { column: 'created', direction: 'asc' },
})

export const grantCell = cellOfFields<GrantsRow>(grantsTable.fields)
