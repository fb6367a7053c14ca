import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { sql } from '@/lib/db/client'
import { AppError } from '@/lib/errors'
import { auditTable } from '@/lib/audit/audit-table'
import { Params } from '@/lib/table/sql'
import { formatTableState, parseTableState, type TableState } from '@/lib/table/state'
import { eventNameOf } from './event-names'
import { conditionOf, daysOf, isScan, type Days } from './query'
import { readChainState, type ChainState } from './state'

export type AuditRow = {
  seq: number
  at: string
  event: string
  actorId: string | null
  actor: string
  accountId: string | null
  accountName: string | null
  keyArn: string | null
  requestId: string | null
  /** The beginning of its facts, as JSON. */
  data: string
}
type Option = { value: string; label: string }
export type AuditAnswer = {
  rows: AuditRow[]
  hasOlder: boolean
  hasNewer: boolean
  /** Set where only a part of the log was looked through: down to this entry. */
  searchedTo: number | null
  query: string
  problems: string[]
  options: { event: Option[]; person: Option[]; account: Option[] }
  chain: ChainState
}

/** Entries that one page looks through where no index helps: some 3,000 blocks. */
const scanEntries = 35_000

/** Where a page begins: behind (older than) an entry, before (newer than) one, or at the newest. */
type Place = { before: number | null; after: number | null }
const placeOf = (search: Readonly<Record<string, unknown>>): Place => ({
  before: toSeq(search.before),
  after: toSeq(search.after),
})
const toSeq = (value: unknown) =>
  typeof value === 'string' && /^[1-9]\d{0,14}$/u.test(value) ? Number(value) : null

/** A page of the log under the address's filter, newest first, with the state of the chain. */
export async function readAuditPage(
  permit: Permit<'audit.read'>,
  search: Readonly<Record<string, unknown>>,
): Promise<AuditAnswer> {
  const { state, problems } = parseTableState(auditTable, search)
  const place = placeOf(search)
  const [page, options, chain] = await Promise.all([
    readPage(state, place),
    readOptions(),
    readChainState(permit),
  ])
  return { ...page, options, chain, problems, query: queryOf(state, place) }
}

/** The table's own address and where the page begins. */
function queryOf(state: TableState, { before, after }: Place): string {
  return [
    formatTableState(auditTable, state),
    before ? `before=${before}` : '',
    after ? `after=${after}` : '',
  ]
    .filter(Boolean)
    .join('&')
}

async function readPage(state: TableState, { before, after }: Place) {
  const size = state.pageSize
  const { lowest, highest } = await findBounds(daysOf(state.filter))
  if (after !== null) {
    const rows = await readRows(state, {
      above: after,
      until: isScan(state.filter) ? Math.min(after + scanEntries, highest) : highest,
      limit: size + 1,
      isUpward: true,
    })
    return {
      rows: rows.slice(0, size).reverse(),
      hasOlder: true,
      hasNewer: rows.length > size || isScan(state.filter),
      searchedTo: null,
    }
  }
  const start = Math.min(before ?? Number.MAX_SAFE_INTEGER, highest + 1)
  const floor = isScan(state.filter) ? Math.max(lowest, start - scanEntries - 1) : lowest
  const rows = await readRows(state, {
    above: floor,
    until: start - 1,
    limit: size + 1,
    isUpward: false,
  })
  const isFull = rows.length > size
  return {
    rows: rows.slice(0, size),
    hasOlder: isFull || floor > lowest,
    hasNewer: before !== null,
    searchedTo: !isFull && floor > lowest ? floor + 1 : null,
  }
}

/**
 * Between which entries those of the days are: behind the lowest, to the highest. Times of entries
 * are in order but for a few seconds, so that an hour more is looked through on both sides.
 */
async function findBounds({ first, last }: Days): Promise<{ lowest: number; highest: number }> {
  const [row] = await sql.query<{ lowest: number | null; highest: number | null }>(
    sql`SELECT ${
      first === null
        ? sql`0`
        : sql`(SELECT "seq" - 1 FROM "AuditEntry"
          WHERE "at" >= ${`${first}T00:00:00Z`}::timestamptz - interval '1 hour'
          ORDER BY "at" LIMIT 1)`
    } AS "lowest", ${
      last === null
        ? sql`(SELECT max("seq") FROM "AuditEntry")`
        : sql`(SELECT "seq" FROM "AuditEntry"
          WHERE "at" < ${`${last}T00:00:00Z`}::timestamptz + interval '25 hours'
          ORDER BY "at" DESC LIMIT 1)`
    } AS "highest"`,
  )
  const highest = row?.highest ?? 0
  // No entry is as late as the first day: none is looked at.
  return { lowest: row?.lowest ?? highest, highest }
}

type Span = { above: number; until: number; limit: number; isUpward: boolean }

/** Rows of a span under the filter, from its newest down or from its oldest up. */
export async function readRows(state: Pick<TableState, 'filter'>, span: Span): Promise<AuditRow[]> {
  const { text, values } = rowsStatement(state, span)
  const rows = await sql.query<Omit<AuditRow, 'at'> & { at: Date }>(text, values)
  return rows.map((row) => ({
    ...row,
    event: eventNameOf(row.event),
    at: row.at.toISOString(),
  }))
}

/**
 * The entries first, by their number; only for those of the page are accounts and facts looked up.
 */
function rowsStatement(
  { filter }: Pick<TableState, 'filter'>,
  { above, until, limit, isUpward }: Span,
): { text: string; values: unknown[] } {
  const params = new Params()
  const order = isUpward ? 'ASC' : 'DESC'
  const where = [
    conditionOf(filter, params),
    `e."seq" > ${params.add(above, 'bigint')}`,
    `e."seq" <= ${params.add(until, 'bigint')}`,
  ].join(' AND ')
  const text = `SELECT p."seq", p."at", p."event", p."actorId", p."actor", p."accountId",
    p."keyArn", p."requestId", a.name AS "accountName",
    coalesce(left((p."body"::jsonb -> 'data')::text, 400), '') AS "data"
    FROM (SELECT e."seq", e."at", e."event", e."actorId", e."actor", e."accountId", e."keyArn",
      e."requestId", e."body" FROM "AuditEntry" e WHERE ${where} ORDER BY e."seq" ${order}
    LIMIT ${params.add(limit, 'int')}) p
    LEFT JOIN "Account" a ON a.id = p."accountId" ORDER BY p."seq" ${order}`
  return { text, values: params.values }
}

/** Each distinct value of an indexed column, found by jumping along the index. */
const distinct = (column: string, most: number) => `WITH RECURSIVE v(value) AS (
    (SELECT "${column}" FROM "AuditEntry" WHERE "${column}" IS NOT NULL ORDER BY "${column}" LIMIT 1)
    UNION ALL SELECT (SELECT "${column}" FROM "AuditEntry" WHERE "${column}" > v.value
    ORDER BY "${column}" LIMIT 1) FROM v WHERE v.value IS NOT NULL)
  SELECT value FROM v WHERE value IS NOT NULL LIMIT ${most}`

async function readOptions(): Promise<AuditAnswer['options']> {
  const [event, person, account] = await Promise.all([
    sql.query<Option>(`SELECT value, value AS label FROM (${distinct('event', 300)}) d`),
    sql.query<Option>(
      `SELECT d.value, coalesce(p.name || ' (' || p.email || ')', d.value) AS label
        FROM (${distinct('actorId', 500)}) d LEFT JOIN "Person" p ON p.id::text = d.value
        ORDER BY 2`,
    ),
    sql.query<Option>(`SELECT id AS value, name AS label FROM "Account" ORDER BY name LIMIT 1000`),
  ])
  return {
    event: [...new Set(event.map(({ value }) => eventNameOf(value)))]
      .toSorted()
      .map((value) => ({ value, label: value })),
    person,
    account: account.map(({ value, label }) => ({
      value,
      label: label === value ? value : `${label} (${value})`,
    })),
  }
}

export type AuditEntry = AuditRow & {
  body: string
  hash: string
  prevHash: string
  /** The older name of the event that the entry was stored under; null: the one it has now. */
  storedEvent: string | null
}

/** One entry, whole. @throws AppError not_found */
export async function getEntry(_permit: Permit<'audit.read'>, seq: number): Promise<AuditEntry> {
  const [row] = await sql.query<Omit<AuditEntry, 'at' | 'data' | 'storedEvent'> & { at: Date }>(
    `SELECT e."seq", e."at", e."event", e."actorId", e."actor", e."accountId",
      a.name AS "accountName", e."keyArn", e."requestId", e."body",
      encode(e."hash", 'hex') AS "hash", encode(e."prevHash", 'hex') AS "prevHash"
     FROM "AuditEntry" e LEFT JOIN "Account" a ON a.id = e."accountId" WHERE e."seq" = $1`,
    [seq],
  )
  if (!row) throw new AppError('not_found', `The audit log has no entry ${seq}.`)
  const event = eventNameOf(row.event)
  const storedEvent = event === row.event ? null : row.event
  return { ...row, event, storedEvent, at: row.at.toISOString(), data: '' }
}
