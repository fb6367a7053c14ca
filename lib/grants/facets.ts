import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { sql } from '@/lib/db/client'
import { accountNames } from '@/lib/inventory/read'
import { sumFacets, type TableRows } from '@/lib/table/answer'
import type { FacetId } from '@/lib/table/definition'
import { fromFor } from '@/lib/table/statements'
import { whereOf } from '@/lib/table-source/sql-source'
import { Params } from '@/lib/table/sql'
import type { TableState } from '@/lib/table/state'
import { grantFlags } from './flags'
import { grantsTable } from './grants-table'
import { constrained, granteeExists, grantsSql, isFlagged, issuerClass, known } from './grants-sql'

type GrantFacet = FacetId<typeof grantsTable>

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
): Promise<Omit<TableRows<never>, 'rows'>> {
  const params = new Params()
  const where = whereOf(grantsSql, permit.scope, state.filter, params)
  const rows = await sql.query<{ account: string; region: string; kind: number; n: number }>(
    `SELECT r.account, r.region, ${packed} AS kind, count(*)::int AS n
      ${fromFor(grantsSql, where, packed)} WHERE ${where} GROUP BY 1, 2, 3`,
    params.values,
  )
  const groups = rows.map(({ account, region, kind, n }) => ({
    about: { ...unpack(kind), account, region },
    n,
  }))
  return {
    ...sumFacets(
      grantsTable.facets,
      groups,
      ({ n }) => n,
      ({ about }, facet) => valuesOf(about, facet),
    ),
    accounts: Object.fromEntries(await accountNames(rows.map(({ account }) => account))),
  }
}

function valuesOf(about: Partial<Record<string, string>>, facet: GrantFacet): string[] {
  if (facet !== 'flag') return [about[facet] ?? 'unknown']
  return grantFlags.filter((flag) => about[flag] === 'yes')
}
