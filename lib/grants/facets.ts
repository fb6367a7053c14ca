import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { sql } from '@/lib/db/client'
import { grantFacets, type GrantFacet } from '@/lib/table/grants'
import { Params } from '@/lib/table/sql'
import type { TableState } from '@/lib/table/state'
import { grantFlags } from './flags'
import {
  constrained,
  fromFor,
  granteeExists,
  isFlagged,
  issuerClass,
  known,
  whereOf,
} from './query'

type Count = { value: string; count: number }
export type Facets = {
  total: number
  facets: Record<GrantFacet, Count[]>
  accounts: Record<string, string>
}

/**
 * What is counted beside account and Region, as digits of one number: PostgreSQL then groups
 * 100,000 grants by a number in memory, where it would sort them by eight texts on disk. Two flags
 * are read off others of these.
 */
const digits: readonly {
  name: Exclude<GrantFacet, 'flag'> | (typeof grantFlags)[number]
  expression: string
  values: readonly string[]
}[] = [
  { name: 'issuerClass', expression: issuerClass, values: ['awsService', 'human', 'claviger'] },
  { name: 'known', expression: known, values: ['request', 'adopted', 'awsService', 'nobody'] },
  {
    name: 'granteeExists',
    expression: granteeExists('all'),
    values: ['yes', 'no', 'notApplicable', 'unknown'],
  },
  {
    name: 'crossAccount',
    expression: 'r.cross_account',
    values: ['yes', 'no', 'notApplicable', 'unknown'],
  },
  { name: 'constrained', expression: constrained, values: ['yes', 'no'] },
  ...(['duplicate', 'overBroad', 'withoutEnd', 'old'] as const).map((name) => ({
    name,
    expression: `CASE WHEN ${isFlagged[name]} THEN 'yes' ELSE 'no' END`,
    values: ['yes', 'no'],
  })),
]

const packed = digits.reduce(
  (left, { expression, values }) =>
    `(${left}) * ${values.length} + CASE ${expression} ` +
    `${values.map((value, at) => `WHEN '${value}' THEN ${at}`).join(' ')} END`,
  '0',
)

function unpack(number: number): Partial<Record<string, string>> {
  const found: Record<string, string> = {}
  let left = number
  for (const { name, values } of digits.toReversed()) {
    found[name] = values[left % values.length] ?? 'unknown'
    left = Math.floor(left / values.length)
  }
  return { ...found, orphaned: found.granteeExists === 'no' ? 'yes' : 'no' }
}

/** Counts the grants under the filter, of each kind. */
export async function countFacets(
  permit: Permit<'grants.read'>,
  state: TableState,
): Promise<Facets> {
  const params = new Params()
  const where = whereOf(permit, state, params)
  const rows = await sql.query<{ account: string; region: string; kind: number; n: number }>(
    `SELECT r.account, r.region, ${packed} AS kind, count(*)::int AS n ${fromFor(where, packed)}
      WHERE ${where} GROUP BY 1, 2, 3`,
    params.values,
  )
  const named = await sql.query<{ id: string; name: string }>(
    'SELECT id, name FROM "Account" WHERE id = ANY($1::text[])',
    [[...new Set(rows.map((row) => row.account))]],
  )
  const sums = Object.fromEntries(grantFacets.map((facet) => [facet, new Map<string, number>()]))
  for (const { account, region, kind, n } of rows) {
    const about = { ...unpack(kind), account, region }
    for (const facet of grantFacets)
      for (const value of valuesOf(about, facet))
        sums[facet]?.set(value, (sums[facet].get(value) ?? 0) + n)
  }
  return {
    total: rows.reduce((sum, { n }) => sum + n, 0),
    facets: Object.fromEntries(grantFacets.map((facet) => [facet, sorted(sums[facet])])) as Record<
      GrantFacet,
      Count[]
    >, // one entry for each facet
    accounts: {
      ...Object.fromEntries(rows.map(({ account }) => [account, account])),
      ...Object.fromEntries(named.map(({ id, name }) => [id, name])),
    },
  }
}

function valuesOf(about: Partial<Record<string, string>>, facet: GrantFacet): string[] {
  if (facet !== 'flag') return [about[facet] ?? 'unknown']
  return grantFlags.filter((flag) => about[flag] === 'yes')
}

const sorted = (sums: ReadonlyMap<string, number> = new Map()): Count[] =>
  [...sums]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
