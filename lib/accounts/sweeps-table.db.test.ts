import { beforeAll, expect, test } from 'vitest'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { freshDatabase } from '@/lib/db/test/database'
import { operatorsOf } from '@/lib/table/definition'
import { defaultState, parseTableState } from '@/lib/table/state'
import { readTable } from '@/lib/table-source/source'
import { sweepsSource } from './sweeps-table'

const { db } = await freshDatabase()
const [own, other] = ['111111111111', '222222222222']
const one = { all: false, accountIds: [own] } as const

const read = (search: Record<string, string> = {}, scope: { all: true } | typeof one = one) =>
  readTable(sweepsSource, permitFor(nobody, 'accounts.read', scope), search)

beforeAll(async () => {
  await db.sweep.createMany({
    data: Array.from({ length: 60 }, (_, at) => ({
      accountId: at % 2 === 0 ? own : other,
      region: at % 3 === 0 ? '' : 'eu-west-1',
      kind: at % 3 === 0 ? 'iam' : 'grants',
      status: at % 5 === 0 ? 'failed' : 'complete',
      startedAt: at % 7 === 0 ? null : new Date(Date.UTC(2026, 0, 1, 0, at)),
      calls: at,
      problem: at % 5 === 0 ? '=1+1, denied' : null,
    })),
  })
})

test('a scope sees, counts and downloads its own sweeps alone, every facet what its filter shows', async () => {
  const all = await read({ size: '100' })
  expect(all.total).toBe(30)
  expect(all.rows).toHaveLength(30)
  expect((await read({}, { all: true })).total).toBe(60)
  for (const [facet, counts] of Object.entries(all.facets))
    for (const { value, count } of counts)
      expect([value, (await read({ filter: `${facet}.eq.${value}` })).total]).toEqual([
        value,
        count,
      ])

  const pieces = await sweepsSource.download?.rows(
    permitFor(nobody, 'keys.export', one),
    defaultState(sweepsSource.definition),
    'csv',
  )
  let text = ''
  for await (const piece of pieces ?? []) text += piece
  const lines = text.trimEnd().split('\r\n')
  expect(lines).toHaveLength(31)
  expect(text).not.toContain(other)
  expect(text).toContain(`"'=1+1, denied"`)
  const [entry] = await db.auditEntry.findMany({ where: { event: 'table.exported' } })
  expect(JSON.parse(entry?.body ?? '{}')).toMatchObject({ data: { table: 'sweeps', rows: 30 } })
})

test('every column sorts without losing a row between pages, and every property filters', async () => {
  for (const { id } of sweepsSource.definition.columns)
    for (const sign of ['', '-']) {
      const pages = await Promise.all(
        ['1', '2'].map((page) => read({ sort: `${sign}${id}`, page, size: '50' }, { all: true })),
      )
      const ids = pages.flatMap(({ rows }) => rows.map((row) => row.id))
      expect(new Set(ids).size).toBe(60)
    }
  for (const [id, { kind, also }] of Object.entries(sweepsSource.definition.properties))
    for (const operator of [...operatorsOf[kind], ...(also ?? [])]) {
      const value = { enum: 'iam', text: 'x', number: '1', date: '2026-01-01', any: 'x' }[kind]
      const { problems } = await read({ filter: `${id}.${operator}.${value}` })
      expect(problems).toEqual([])
    }
  expect((await read({ q: 'DENIED' })).total).toBe(6)
  await db.account.create({ data: { id: own, name: 'Payments', source: 'page', path: [] } })
  expect((await read({ q: 'paym' }, { all: true })).total).toBe(30)
  expect((await read()).facets.region?.map(({ value }) => value)).toEqual(['eu-west-1', 'global'])
})

test('a download neither loses nor repeats a sweep while others begin', async () => {
  const begun = (from: number, count: number) =>
    db.sweep.createMany({
      data: Array.from({ length: count }, (_, at) => ({
        accountId: own,
        region: 'eu-west-1',
        kind: 'key',
        status: 'complete',
        startedAt: new Date(Date.UTC(2026, 1, 1, 0, 0, from + at)),
      })),
    })
  await begun(0, 700)
  const { state } = parseTableState(sweepsSource.definition, { filter: 'kind.eq.key' })
  const pieces = await sweepsSource.download?.rows(
    permitFor(nobody, 'keys.export', one),
    state,
    'csv',
  )
  let text = ''
  for await (const piece of pieces ?? []) {
    text += piece
    await begun(1_000, 20)
  }
  const ids = text
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',')[0])
  expect(ids).toHaveLength(700)
  expect(new Set(ids).size).toBe(700)
})
