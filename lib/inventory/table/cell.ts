import { tagName } from '@/lib/table/definition'
import type { KeyRow } from '../key-detail'

/**
 * What one cell of the table of keys says: on the screen, in a download, and why it says nothing.
 */
export type Cell = {
  value: string | number | null
  /** Why the value is unknown; null when it is known. Known and null is "none". */
  unknown: string | null
  observedAt: string | null
}

const notYet = 'It has not been read yet.'
const known = (value: string | number | null, observedAt: string | null): Cell => ({
  value,
  unknown: null,
  observedAt,
})
const unknown = (row: KeyRow, part: string): Cell => {
  const problem = row.problems[part]
  return {
    value: null,
    unknown: problem ? `${problem.message} (${problem.code})` : notYet,
    observedAt: problem?.at ?? null,
  }
}

const described =
  (pick: (row: KeyRow) => string | number | null, mayBeNone = false) =>
  (row: KeyRow) =>
    row.describedAt && (mayBeNone || pick(row) !== null)
      ? known(pick(row), row.describedAt)
      : unknown(row, 'describe')
const granted = (pick: (row: KeyRow) => number | null) => (row: KeyRow) =>
  pick(row) === null ? unknown(row, 'grants') : known(pick(row), row.grantsAt)
const rotating = (pick: (row: KeyRow) => string | number | null) => (row: KeyRow) =>
  row.rotation === 'unknown'
    ? unknown(row, 'rotation')
    : known(pick(row), row.rotationAt ?? row.describedAt)

const cells: Readonly<Record<string, (row: KeyRow) => Cell>> = {
  alias: (row) =>
    row.aliasesAt ? known(row.aliases.join('\n') || null, row.aliasesAt) : unknown(row, 'aliases'),
  account: (row) => known(row.accountId, row.listedAt),
  region: (row) => known(row.region, row.listedAt),
  keyId: (row) => known(row.keyId, row.listedAt),
  state: described((row) => row.keyState),
  spec: described((row) => row.keySpec),
  usage: described((row) => row.keyUsage),
  origin: described((row) => row.origin),
  manager: described((row) => row.keyManager),
  scope: described((row) => row.scope),
  description: described((row) => row.description || null, true),
  created: described((row) => row.createdAt),
  deletion: described((row) => row.deletionAt, true),
  validTo: described((row) => row.validTo, true),
  cost: (row) =>
    row.monthlyCostUsd === null
      ? unknown(row, row.describedAt ? 'rotations' : 'describe')
      : known(row.monthlyCostUsd, row.describedAt),
  rotation: rotating((row) => row.rotation),
  nextRotation: rotating((row) => row.nextRotationAt),
  onDemandUsed: (row) =>
    row.onDemandUsed === null && row.rotation !== 'notApplicable'
      ? unknown(row, 'rotations')
      : known(row.onDemandUsed, row.rotationsAt),
  lastUse: (row) =>
    row.lastUseAt ? known(row.lastUsedAt, row.lastUseAt) : unknown(row, 'lastUse'),
  grants: granted((row) => row.grantCount),
  grantsByPeople: granted((row) => row.grantsByPeople),
  grantsCrossAccount: granted((row) => row.grantsCrossAccount),
  owner: (row) => (row.tagsAt ? known(row.owner, row.tagsAt) : unknown(row, 'tags')),
  tags: (row) =>
    row.tags
      ? known(
          Object.entries(row.tags)
            .map(([name, value]) => `${name}=${value}`)
            .join('\n') || null,
          row.tagsAt,
        )
      : unknown(row, 'tags'),
}

export function cellOf(row: KeyRow, column: string): Cell {
  const tag = tagName(column)
  if (tag !== null)
    return row.tags
      ? known(Object.hasOwn(row.tags, tag) ? (row.tags[tag] ?? null) : null, row.tagsAt)
      : unknown(row, 'tags')
  return cells[column]?.(row) ?? known(null, null)
}
