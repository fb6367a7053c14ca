import { beforeAll, expect, test } from 'vitest'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { freshDatabase } from '@/lib/db/test/database'
import { toDownload } from '@/lib/table/download'
import { grantsTable } from '@/lib/grants/grants-table'
import { parseTableState } from '@/lib/table/state'
import { readTable } from '@/lib/table-source/source'
import { exportGrants } from './export'
import { explainFlag, grantFlags } from './flags'
import { grantsSource } from './grants-source'
import type { GrantsRow } from './row'
import { readGrantsOfKey } from './rows'
import { fleet, flagsOf, here, isThere, issuerOf, knownOf, read, storeFleet } from './test/fleet'

await freshDatabase()
const everything = permitFor(nobody, 'grants.read')
beforeAll(storeFleet)

const all = async (search: Record<string, string> = {}) => {
  const rows: GrantsRow[] = []
  for (let page = 1; ; page++) {
    const answer = await readTable(grantsSource, everything, {
      size: '100',
      page: String(page),
      ...search,
    })
    expect(answer.problems).toEqual([])
    rows.push(...answer.rows)
    if (rows.length >= answer.total || answer.rows.length === 0) return { rows, answer }
  }
}
const either = { filter: 'gone.eq.yes|no' }

test('every grant is flagged as its facts say, and what is unknown is not called gone', async () => {
  const { rows } = await all(either)
  expect(rows).toHaveLength(fleet.length)
  for (const row of rows) {
    const one = fleet.find(({ grantId }) => grantId === row.grantId)
    if (!one) throw new Error(`nobody made ${row.grantId}`)
    const { flags, granteeExists, issuerClass, known, endsAt, cause } = row
    expect({ of: one, flags, granteeExists, issuerClass, known }).toEqual({
      of: one,
      flags: flagsOf(one),
      granteeExists: isThere[one.grantee](one.days),
      issuerClass: issuerOf(one),
      known: knownOf(one),
    })
    expect(endsAt !== null).toBe(['made', 'named', 'adopted'].includes(one.change))
    expect(cause?.changeId ?? null).toBe(
      ['none', 'posing'].includes(one.change) ? null : one.changeId,
    )
    for (const flag of flags) expect(explainFlag(flag, row).length).toBeGreaterThan(0)
    expect(row.flags.includes('overBroad')).toBe(row.broad.length > 0)
  }
})

test('each count is the number of rows that its filter shows, gone ones left out unless asked for', async () => {
  const { rows, answer } = await all()
  expect(rows.map(({ grantId }) => grantId).sort()).toEqual(
    fleet
      .filter(({ gone }) => !gone)
      .map(({ grantId }) => grantId)
      .sort(),
  )
  for (const facet of grantsTable.facets) {
    for (const { value, count } of answer.facets[facet] ?? [])
      expect([facet, value, (await all({ filter: `${facet}.eq.${value}` })).rows.length]).toEqual([
        facet,
        value,
        count,
      ])
  }
  expect(new Map(answer.facets.flag?.map(({ value, count }) => [value, count]))).toEqual(
    new Map(
      grantFlags
        .map(
          (flag) =>
            [flag, fleet.filter((one) => !one.gone && flagsOf(one).includes(flag)).length] as const,
        )
        .filter(([, n]) => n > 0),
    ),
  )
  const not = await all({ filter: 'flag.ne.orphaned' })
  expect(not.rows.length).toBe(
    fleet.filter((one) => !one.gone && !flagsOf(one).includes('orphaned')).length,
  )
})

test('every column sorts, and every property filters, without an error; age sorts the youngest first', async () => {
  for (const { id, sortable } of grantsTable.columns)
    if (sortable) for (const sort of [id, `-${id}`]) await all({ sort })
  for (const [property, { kind }] of Object.entries(grantsTable.properties))
    await all({
      filter: `${property}.eq.${kind === 'date' ? '2026-01-01' : kind === 'number' ? '3' : 'x'}`,
    })
  const times = (await all({ sort: 'created' })).rows.flatMap(({ createdAt }) =>
    createdAt ? [Date.parse(createdAt)] : [],
  )
  expect(times).toEqual(times.toSorted((a, b) => b - a))
  expect((await all({ q: 'ROLE/team/APP' })).rows.map(({ grantId }) => grantId).sort()).toEqual(
    fleet
      .filter(({ grantee, gone }) => grantee === 'app' && !gone)
      .map(({ grantId }) => grantId)
      .sort(),
  )
})

test('one key shows its own, the export says why each exists, and a scope shows no other account’s', async () => {
  const { rows, total } = await readGrantsOfKey(
    permitFor(nobody, 'grants.read'),
    `arn:aws:kms:eu-west-1:${here}:key/k1`,
  )
  expect(total).toBe(rows.length)
  expect(rows.map(({ grantId }) => grantId).sort()).toEqual(
    fleet
      .filter(({ keyArn, gone }) => keyArn.endsWith('k1') && !gone)
      .map(({ grantId }) => grantId)
      .sort(),
  )
  expect(
    (
      await readTable(
        grantsSource,
        permitFor(nobody, 'grants.read', { all: false, accountIds: [read] }),
        {},
      )
    ).total,
  ).toBe(0)
  const state = parseTableState(grantsTable, { columns: 'grantee,flags,ends,known' }).state
  const listed: { grantId: string; flags: string[]; ends: string | null; known: string }[] =
    JSON.parse(
      await toDownload(
        await exportGrants(permitFor(nobody, 'keys.export'), state, 'json'),
        'grants',
        'json',
      ).text(),
    )
  for (const { grantId, flags, ends, known } of listed) {
    const one = fleet.find((other) => other.grantId === grantId)
    expect(
      one && { flags: flagsOf(one), ends: ['made', 'named', 'adopted'].includes(one.change) },
    ).toEqual({ flags, ends: ends !== null })
    expect(known.includes('because') || known.includes('nightly')).toBe(
      one !== undefined && !['none', 'posing'].includes(one.change),
    )
  }
})
