import 'server-only'
import { isGroup, tokensOf, type Filter } from '../table/filter'
import {
  account,
  date,
  isInAccountNamed,
  text,
  word,
  type FieldSql,
  type FieldsSql,
  type SortsSql,
  type TableSql,
} from '../table/statements'
import type { eventsTable } from './events-table'

const access = `CASE WHEN r.read_only THEN 'read' ELSE 'write' END`
const orNone = (column: string, none: string) => `coalesce(r.${column}, '${none}')`

const operation = {
  ...word('r.operation'),
  contains: (params: { add(value: unknown): string }, pattern: string) =>
    `lower(r.operation) LIKE ${params.add(pattern)}`,
}

/** What rollups say as well: columns of the same names. */
const shared = {
  operation,
  outcome: word('r.outcome'),
  access: word(access),
  error: text('r.error_code', 'r.error_code'),
  principal: text('r.principal', 'r.principal'),
  principalKind: word('r.principal_kind'),
  principalAccount: text('r.principal_account'),
  key: text('r.key_arn', 'r.key_arn'),
  via: word(orNone('via', 'direct')),
  resourceKind: word(orNone('resource_kind', 'none')),
  resource: text('r.resource', 'r.resource'),
  account: account('r.account_id'),
  region: word('r.region'),
}

const fields: FieldsSql<typeof eventsTable> = {
  ...shared,
  time: date('r.occurred_at'),
  session: text('r.session', 'r.session'),
  sourceIdentity: text('r.source_identity'),
  otherKey: text(`array_to_string(r.more_keys, ' ')`),
  ip: text('r.source_ip', 'r.source_ip'),
  agent: text('r.user_agent', 'r.user_agent'),
  vpcEndpoint: text('r.vpc_endpoint', 'r.vpc_endpoint'),
  tls: word(orNone('tls_version', 'unknown')),
  keyExchange: word(orNone('tls_key_exchange', 'unknown')),
  request: word('r.request_id'),
  event: word('r.event_id'),
  shared: word('r.shared_id'),
}

const said = `concat_ws(' ', r.operation, r.error_code, r.principal, r.session, r.key_arn, r.resource,
  r.source_ip, r.request_id, r.event_id, r.via)`

export const eventsSql: TableSql = {
  from: 'trail.event',
  joins: [],
  id: { occurred_at: 'timestamptz', event_id: 'text', account_id: 'text', is_use: 'boolean' },
  account: 'r.account_id',
  fields,
  sorts: {} satisfies SortsSql<typeof eventsTable>,
  anywhere: {
    kind: 'enum',
    expression: 'r.operation',
    contains(params, pattern) {
      const like = params.add(pattern)
      return `(lower(${said}) LIKE ${like} OR ${isInAccountNamed('r.account_id', like)})`
    },
  },
}

/**
 * Returns where to look for what a filter finds: refusals and writes are no uses, and few among many,
 * so that in the order of time of all events they would be found late.
 */
export function eventsFor({ operation, terms }: Filter): TableSql {
  const isOnly = (property: string, value: string) =>
    terms.some(
      (term) =>
        !isGroup(term) &&
        term.property === property &&
        term.operator === 'eq' &&
        term.values.every((one) => one === value),
    )
  const isAll = operation === 'and' || terms.length === 1
  return isAll && (isOnly('outcome', 'denied') || isOnly('access', 'write'))
    ? { ...eventsSql, from: 'trail.event_change' }
    : eventsSql
}

/** Of rollups, those that together are the events that are there: one row for each first key. */
const heldUses = `(SELECT u.* FROM trail.use u, trail.horizon h WHERE u.is_first_key AND u.hour >=
  CASE WHEN u.is_use THEN h.uses_from ELSE h.changes_from END)`

/** The properties by which events are counted for each day and month (counts/counts-sql.ts). */
export const combinationFields = {
  operation: shared.operation,
  outcome: shared.outcome,
  access: shared.access,
  principalKind: shared.principalKind,
  via: shared.via,
  resourceKind: shared.resourceKind,
  account: shared.account,
  region: shared.region,
} satisfies Readonly<Record<string, FieldSql>>

const rollupFields: Readonly<Record<string, FieldSql>> = { ...shared, time: date('r.hour') }

/** Counts the same events by their rollups: a hundredth of the rows. Days begin with an hour. */
export const rollupsSql: TableSql = {
  ...eventsSql,
  from: heldUses,
  fields: rollupFields,
  counted: 'sum(r.events)::int',
}

/** Returns the properties of a filter that rollups do not know. */
export const unknownToRollups = (filter: Filter): string[] => [
  ...new Set(
    tokensOf(filter)
      .map(({ property }) => property)
      .filter((property) => !Object.hasOwn(rollupFields, property)),
  ),
]

export const shown = `r.account_id || '/' || r.event_id AS id, r.occurred_at AS time, r.operation,
  r.outcome, ${access} AS access, r.error_code AS error, r.principal,
  r.principal_kind AS "principalKind", r.session, r.key_arn AS key, r.via, r.resource,
  r.resource_kind AS "resourceKind", r.account_id AS account, r.region, r.source_ip AS ip,
  r.user_agent AS agent, r.vpc_endpoint AS "vpcEndpoint", r.tls_version AS tls,
  r.tls_key_exchange AS "keyExchange", r.request_id AS request, r.event_id AS event`
