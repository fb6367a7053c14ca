import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { sql } from '@/lib/db/client'
import type { Grant } from '@/lib/db/generated/client'
import { plain, type Plain } from '@/lib/inventory/plain'
import { grantApis, readCoverage, type TableCoverage } from '@/lib/inventory/table/coverage'
import { tokensOf } from '@/lib/table/filter'
import { grantFacets, grantsTable, type GrantFacet } from '@/lib/table/grants'
import { compileFilter, Params, type SqlProperty } from '@/lib/table/sql'
import { formatTableState, parseTableState, type TableState } from '@/lib/table/state'

export type GrantsRow = Plain<Grant> & { keyId: string; alias: string | null; accountName: string; crossAccount: CrossAccount }
/** notApplicable: the grantee is an AWS service. */
export type CrossAccount = 'yes' | 'no' | 'notApplicable' | 'unknown'
export type GrantFacets = Readonly<Record<GrantFacet, readonly { value: string; count: number }[]>>
export type GrantsAnswer = {
  rows: GrantsRow[]; total: number; facets: GrantFacets; accounts: Readonly<Record<string, string>>; query: string; problems: string[]
  coverage: TableCoverage
}

const crossAccount = `CASE WHEN g."granteeAccountId" IS NOT NULL THEN CASE WHEN g."granteeAccountId" = g."accountId" THEN 'no' ELSE 'yes' END
  WHEN g."granteeServicePrincipal" IS NOT NULL THEN 'notApplicable' ELSE 'unknown' END`
const constrained = `CASE WHEN g.constraints IS NULL OR g.constraints = '{}'::jsonb THEN 'no' ELSE 'yes' END`
const grantee = `coalesce(g."granteePrincipal", g."granteeServicePrincipal")`
const retiring = `coalesce(g."retiringPrincipal", g."retiringServicePrincipal")`
const keyId = `split_part(g."keyArn", '/', 2)`
const text = (expression: string): SqlProperty => ({ kind: 'text', expression, none: `coalesce(${expression}, '') = ''` })

const properties: Readonly<Record<string, SqlProperty>> = {
  account: {
    kind: 'enum', expression: 'g."accountId"',
    contains: (params, pattern) => `(g."accountId" LIKE ${params.add(pattern)} OR g."accountId" IN (SELECT id FROM "Account" WHERE lower(name) LIKE ${params.add(pattern)}))`,
  },
  region: { kind: 'enum', expression: 'g.region' },
  issuerClass: { kind: 'enum', expression: 'g."issuerClass"' },
  crossAccount: { kind: 'enum', expression: crossAccount },
  constrained: { kind: 'enum', expression: constrained },
  operation: { kind: 'list', expression: 'g.operations' },
  gone: { kind: 'enum', expression: `CASE WHEN g."goneAt" IS NULL THEN 'no' ELSE 'yes' END` },
  key: text(keyId), alias: text(`array_to_string(k.aliases, ' ')`), grantee: text(grantee), granteeAccount: text('g."granteeAccountId"'),
  retiring: text(retiring), grantId: text('g."grantId"'), name: text('g.name'),
  created: { kind: 'date', expression: 'g."createdAt"', unknown: 'g."createdAt" IS NULL' },
  ageDays: { kind: 'days', since: 'g."createdAt"', unknown: 'g."createdAt" IS NULL' },
  '*': {
    kind: 'enum', expression: 'g."grantId"',
    contains: (params, pattern) => `lower(concat_ws(' ', g."grantId", g.name, ${grantee}, ${retiring}, g."keyArn", array_to_string(k.aliases, ' '), a.name)) LIKE ${params.add(pattern)}`,
  },
}
const find = (id: string) => (Object.hasOwn(properties, id) ? (properties[id] ?? null) : null)

const sorts: Readonly<Record<string, string>> = {
  grantee, key: `coalesce(k.aliases[1], ${keyId})`, account: 'a.name', region: 'g.region', issuerClass: 'g."issuerClass"', crossAccount, created: 'claviger_now() - g."createdAt"',
  retiring, name: `nullif(g.name, '')`, grantId: 'g."grantId"', observed: 'g."observedAt"',
}

const from = `FROM "Grant" g LEFT JOIN "Key" k ON k.arn = g."keyArn" LEFT JOIN "Account" a ON a.id = g."accountId"`

type Reading = Permit<'grants.read' | 'keys.export'>

function whereOf(permit: Reading, { filter }: TableState, params: Params): string {
  const conditions = [compileFilter(filter, find, params)]
  if (!tokensOf(filter).some((token) => token.property === 'gone')) conditions.push('g."goneAt" IS NULL')
  if (!permit.scope.all) conditions.push(`g."accountId" = ANY(${params.add(permit.scope.accountIds, 'text[]')})`)
  return conditions.join(' AND ')
}

/** The grants this person may see, across every key; gone ones only when the filter asks. */
export async function readGrantsPage(permit: Permit<'grants.read'>, search: Readonly<Record<string, unknown>>): Promise<GrantsAnswer> {
  const { state, problems } = parseTableState(grantsTable, search)
  const [rows, counted, coverage] = await Promise.all([readRows(permit, state), countFacets(permit, state), readCoverage(permit, grantApis)])
  return { rows, ...counted, query: formatTableState(grantsTable, state), problems, coverage }
}

/** One page of rows, in the state's order. */
export async function readRows(permit: Reading, state: TableState): Promise<GrantsRow[]> {
  const params = new Params()
  const where = whereOf(permit, state, params)
  const order = `${sorts[state.sort.column] ?? 'g."grantId"'} ${state.sort.direction === 'desc' ? 'DESC' : 'ASC'} NULLS LAST, g."keyArn", g."grantId"`
  const rows = await sql.query<Grant & Pick<GrantsRow, 'keyId' | 'alias' | 'accountName' | 'crossAccount'>>(
    `SELECT g.*, ${keyId} AS "keyId", k.aliases[1] AS alias, coalesce(a.name, g."accountId") AS "accountName", ${crossAccount} AS "crossAccount"
     ${from} WHERE ${where} ORDER BY ${order} LIMIT ${params.add(state.pageSize, 'int')} OFFSET ${params.add((state.page - 1) * state.pageSize, 'bigint')}`, params.values)
  return rows.map((row) => plain(row))
}

export async function countGrants(permit: Reading, state: TableState): Promise<number> {
  const params = new Params()
  const where = whereOf(permit, state, params)
  const [row] = await sql.query<{ count: number }>(`SELECT count(*) AS count ${from} WHERE ${where}`, params.values)
  return row?.count ?? 0
}

type Counted = Record<GrantFacet, string> & { accountName: string; n: number }

async function countFacets(permit: Permit<'grants.read'>, state: TableState): Promise<Pick<GrantsAnswer, 'total' | 'facets' | 'accounts'>> {
  const params = new Params()
  const where = whereOf(permit, state, params)
  const rows = await sql.query<Counted>(
    `SELECT g."accountId" AS account, coalesce(a.name, g."accountId") AS "accountName", g.region, g."issuerClass", ${crossAccount} AS "crossAccount", ${constrained} AS constrained,
       count(*)::int AS n ${from} WHERE ${where} GROUP BY 1, 2, 3, 4, 5, 6`, params.values)
  const [account, region, issuerClass, crossed, bound] = grantFacets.map((facet) => sumBy(rows, facet))
  return {
    total: rows.reduce((sum, row) => sum + row.n, 0),
    facets: { account: account ?? [], region: region ?? [], issuerClass: issuerClass ?? [], crossAccount: crossed ?? [], constrained: bound ?? [] },
    accounts: Object.fromEntries(rows.map((row) => [row.account, row.accountName])),
  }
}

function sumBy(rows: readonly Counted[], facet: GrantFacet) {
  const sums = new Map<string, number>()
  for (const row of rows) sums.set(row[facet], (sums.get(row[facet]) ?? 0) + row.n)
  return [...sums].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
}
