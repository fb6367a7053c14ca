import 'server-only'
import type { Permit } from '../auth/permit'
import { AppError } from '../errors'
import type { KeyPlace } from '../inventory/read'
import type { Cell } from './judge'
import { listAccess, type AccessPerson, type AccessTable } from './table'
import type { Usability, Uses } from './usability'

export type ComparedRow = Omit<AccessPerson, 'isGrantee' | 'onlyByGrant'> & {
  a: Readonly<Record<string, Cell>>
  b: Readonly<Record<string, Cell>>
  /** With the first and with the second key, of what is not refused. */
  usesA: Uses
  usesB: Uses
  differs: string[]
}
export type ComparedKeys = {
  abilities: AccessTable['abilities']
  rows: ComparedRow[]
  same: number
  gaps: string[]
  /** Of the first and the second key; null: not read. */
  states: readonly [string | null, string | null]
}

/**
 * Returns the place that `arn:aws:kms:eu-west-1:111122223333:key/…` names.
 * @throws AppError invalid for what is no key's ARN.
 */
function placeOfKey(arn: string): KeyPlace {
  const match = /^arn:[a-z-]+:kms:([a-z0-9-]+):(\d{12}):key\/([A-Za-z0-9-]+)$/.exec(arn.trim())
  const [, region, accountId, keyId] = match ?? []
  if (!region || !accountId || !keyId)
    throw new AppError(
      'invalid',
      `"${arn.slice(0, 200)}" is not the ARN of a key. It looks like arn:aws:kms:eu-west-1:111122223333:key/….`,
    )
  return { accountId, region, keyId }
}

/**
 * Compares who can do what with one key and not with the other. Abilities that only one of the two
 * has count as "no" of the other.
 */
export async function compareKeys(
  permit: Permit<'access.read'>,
  first: string,
  second: string,
): Promise<ComparedKeys> {
  const [a, b] = await Promise.all([
    listAccess(permit, placeOfKey(first)),
    listAccess(permit, placeOfKey(second)),
  ])
  const abilities = [
    ...new Map([...a.abilities, ...b.abilities].map((ability) => [ability.id, ability])).values(),
  ]
  const people = new Map([...a.rows, ...b.rows].map((row) => [row.id, row]))
  const rowsOf = (table: AccessTable) => new Map(table.rows.map((row) => [row.id, row]))
  // Whoever a key's table leaves out can do nothing with it, unless a part of the key was not read;
  // an ability it lacks is nobody's.
  const cellsIn = (
    { abilities: own, readAt }: AccessTable,
    cells: Readonly<Record<string, Cell>> | undefined,
  ) => {
    const missing: Cell = readAt.policy === null || readAt.grants === null ? 'unknown' : 'no'
    return Object.fromEntries(
      abilities.map(({ id }): [string, Cell] => [
        id,
        own.some((ability) => ability.id === id) ? (cells?.[id] ?? missing) : 'no',
      ]),
    )
  }
  const [ofA, ofB] = [rowsOf(a), rowsOf(b)]
  const rows = [...people.values()].map(({ id, kind, name, accountId, nearness, connected }) => {
    const [left, right] = [cellsIn(a, ofA.get(id)?.cells), cellsIn(b, ofB.get(id)?.cells)]
    const [usesA, usesB] = [ofA.get(id)?.uses ?? {}, ofB.get(id)?.uses ?? {}]
    const differs = abilities
      .map((ability) => ability.id)
      .filter(
        (ability) =>
          left[ability] !== right[ability] ||
          standingOf(usesA[ability]) !== standingOf(usesB[ability]),
      )
    return {
      id,
      kind,
      name,
      accountId,
      nearness,
      connected,
      a: left,
      b: right,
      usesA,
      usesB,
      differs,
    }
  })
  return {
    abilities,
    rows: rows.filter(({ differs }) => differs.length > 0),
    same: rows.filter(({ differs }) => differs.length === 0).length,
    gaps: [...new Set([...a.gaps, ...b.gaps])],
    states: [a.keyState, b.keyState],
  }
}

/** What is refused has no use to differ in. */
const standingOf = (use: Usability | undefined) => use ?? 'usable'
