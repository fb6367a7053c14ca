import { origins } from '@/lib/kms/key-specs'
import { keyStates } from '@/lib/kms/key-states'
import { defineTable, known, tagName, type Cell } from '@/lib/table/definition'
import { cellOfFields } from '@/lib/table/export'
import { onDemandRotationApplies } from '../applies'
import type { KeyRow } from '../key-detail'

const unknown = (row: KeyRow, part: string): Cell => {
  const problem = row.problems[part]
  return {
    value: null,
    unknown: problem ? `${problem.message} (${problem.code})` : 'It has not been read yet.',
    observedAt: problem?.at ?? null,
  }
}
type Pick = (row: KeyRow) => string | number | null

const listed = (pick: Pick) => (row: KeyRow) => known(pick(row), row.listedAt)
const described =
  (pick: Pick, { orNone = false } = {}) =>
  (row: KeyRow) =>
    row.describedAt && (orNone || pick(row) !== null)
      ? known(pick(row), row.describedAt)
      : unknown(row, 'describe')
const granted = (pick: Pick) => (row: KeyRow) =>
  pick(row) === null ? unknown(row, 'grants') : known(pick(row), row.grantsAt)
const rotating = (pick: Pick) => (row: KeyRow) =>
  row.rotation === 'unknown'
    ? unknown(row, 'rotation')
    : known(pick(row), row.rotationAt ?? row.describedAt)
/** KMS does not rotate it on demand, by AWS's rules; AWS rotates its own keys by itself. */
const isNeverRotated = (row: KeyRow) => onDemandRotationApplies(row).applies === 'no'

/**
 * The table of keys. Enumerations hold AWS's own values, and `unknown`. Those of the default columns
 * fit a window of 1440 pixels together. What each field is in SQL stands in keys-sql.ts.
 */
export const keysTable = defineTable<KeyRow>()({
  name: 'keys',
  title: 'Keys',
  noun: ['key', 'keys'],
  path: '/keys',
  fields: {
    alias: {
      label: 'Alias',
      filter: { kind: 'text' },
      column: { width: 118 },
      cell: (row) =>
        row.aliasesAt
          ? known(row.aliases.join('\n') || null, row.aliasesAt)
          : unknown(row, 'aliases'),
    },
    account: {
      label: 'Account',
      filter: { kind: 'enum', also: ['has', 'hasnt'] },
      facet: true,
      column: { width: 94 },
      cell: (row) => known(row.account, row.listedAt),
    },
    region: {
      label: 'Region',
      filter: { kind: 'enum' },
      facet: true,
      column: { width: 88 },
      cell: listed((row) => row.region),
    },
    state: {
      label: 'State',
      filter: { kind: 'enum', values: [...keyStates, 'unknown'] },
      facet: true,
      column: { width: 112 },
      cell: described((row) => row.keyState),
    },
    spec: {
      label: 'Spec',
      filter: { kind: 'enum' },
      facet: true,
      column: { width: 98 },
      cell: described((row) => row.keySpec),
    },
    usage: {
      label: 'Usage',
      filter: { kind: 'enum' },
      facet: true,
      column: { width: 110 },
      cell: described((row) => row.keyUsage),
    },
    origin: {
      label: 'Origin',
      filter: { kind: 'enum', values: [...origins, 'unknown'] },
      facet: true,
      column: { width: 80 },
      cell: described((row) => row.origin),
    },
    manager: {
      label: 'Manager',
      filter: { kind: 'enum', values: ['CUSTOMER', 'AWS', 'unknown'] },
      facet: true,
      column: {},
      cell: described((row) => row.keyManager),
    },
    scope: {
      label: 'Scope',
      filter: { kind: 'enum', values: ['single', 'primary', 'replica', 'unknown'] },
      facet: true,
      column: { width: 72 },
      cell: described((row) => row.scope),
    },
    rotation: {
      label: 'Rotation',
      filter: { kind: 'enum', values: ['on', 'off', 'notApplicable', 'unknown'] },
      facet: true,
      column: { width: 80 },
      cell: rotating((row) => row.rotation),
    },
    nextRotation: {
      label: 'Next rotation',
      filter: { kind: 'date' },
      column: {},
      cell: rotating((row) => row.nextRotationAt),
    },
    lastRotation: {
      label: 'Last rotation',
      filter: { kind: 'date' },
      column: {},
      cell: (row) =>
        row.rotationsAt || (row.keyManager !== 'AWS' && isNeverRotated(row))
          ? known(row.lastRotatedAt, row.rotationsAt ?? row.describedAt)
          : unknown(row, 'rotations'),
    },
    rotationDays: { label: 'Rotation period in days', filter: { kind: 'number' } },
    onDemandUsed: {
      label: 'On-demand rotations',
      filter: { kind: 'number', label: 'On-demand rotations used' },
      column: {},
      cell: (row) =>
        row.onDemandUsed === null && !isNeverRotated(row)
          ? unknown(row, 'rotations')
          : known(row.onDemandUsed, row.rotationsAt),
    },
    lastUse: {
      label: 'Last use',
      filter: { kind: 'date' },
      column: { width: 102 },
      cell: (row) =>
        row.lastUseAt ? known(row.lastUsedAt, row.lastUseAt) : unknown(row, 'lastUse'),
    },
    unusedDays: { label: 'Days without use', filter: { kind: 'number' } },
    grants: {
      label: 'Grants',
      filter: { kind: 'number' },
      column: { width: 74 },
      cell: granted((row) => row.grantCount),
    },
    grantsByPeople: {
      label: 'Grants by people',
      filter: { kind: 'number' },
      column: {},
      cell: granted((row) => row.grantsByPeople),
    },
    grantsCrossAccount: {
      label: 'Grants across accounts',
      filter: { kind: 'number' },
      column: {},
      cell: granted((row) => row.grantsCrossAccount),
    },
    owner: {
      label: 'Owner tag',
      filter: { kind: 'text' },
      column: { width: 72 },
      cell: (row) => (row.tagsAt ? known(row.owner, row.tagsAt) : unknown(row, 'tags')),
    },
    created: {
      label: 'Creation date',
      filter: { kind: 'date' },
      column: { label: 'Age', width: 72 },
      cell: described((row) => row.createdAt),
    },
    ageDays: { label: 'Age in days', filter: { kind: 'number' } },
    cost: {
      label: 'Monthly cost',
      filter: { kind: 'number', label: 'Monthly cost in USD' },
      column: { width: 76 },
      cell: (row) =>
        row.monthlyCostUsd === null
          ? unknown(row, row.describedAt ? 'rotations' : 'describe')
          : known(row.monthlyCostUsd, row.describedAt),
    },
    deletion: {
      label: 'Deletion date',
      filter: { kind: 'date' },
      column: {},
      cell: described((row) => row.deletionAt, { orNone: true }),
    },
    validTo: {
      label: 'Key material expires',
      filter: { kind: 'date' },
      column: { label: 'Material expires' },
      cell: described((row) => row.validTo, { orNone: true }),
    },
    description: {
      label: 'Description',
      filter: { kind: 'text' },
      column: { width: 220 },
      cell: described((row) => row.description || null, { orNone: true }),
    },
    keyId: {
      label: 'Key ID',
      filter: { kind: 'text' },
      column: { width: 230 },
      cell: listed((row) => row.keyId),
    },
    arn: { label: 'Key ARN', filter: { kind: 'text' } },
    gone: { label: 'Gone from AWS', filter: { kind: 'enum', values: ['yes', 'no'] } },
    tags: {
      label: 'Tags',
      column: { unsorted: true, width: 220 },
      cell: (row) =>
        row.tags
          ? known(
              Object.entries(row.tags)
                .map(([name, value]) => `${name}=${value}`)
                .join('\n') || null,
              row.tagsAt,
            )
          : unknown(row, 'tags'),
    },
  },
  defaultColumns: [
    'alias',
    'account',
    'region',
    'state',
    'spec',
    'origin',
    'scope',
    'rotation',
    'lastUse',
    'grants',
    'owner',
    'cost',
  ],
  defaultSort: { column: 'alias', direction: 'asc' },
  tags: true,
})

const cellOfField = cellOfFields<KeyRow>(keysTable.fields)

/** What one cell of the table of keys says; of a column `tag:NAME` the value of that tag. */
export function cellOf(row: KeyRow, column: string): Cell {
  const tag = tagName(column)
  if (tag === null) return cellOfField(row, column)
  return row.tags
    ? known(Object.hasOwn(row.tags, tag) ? (row.tags[tag] ?? null) : null, row.tagsAt)
    : unknown(row, 'tags')
}
