import 'server-only'
import type { Permit } from '../auth/permit'
import type { Params } from '../table/sql'
import {
  account,
  isInAccountNamed,
  text,
  word,
  type FieldsSql,
  type SortsSql,
  type TableSql,
} from '../table/statements'
import { reviewStates } from './external-row'
import { nearnessValues, type externalTable } from './external-table'

export type Reading = Permit<'access.read' | 'keys.export'>

/**
 * What a decision is worth now: an acceptance ends, and speaks only of the
 * roads in that it was given for.
 */
export const reviewState = `CASE WHEN r.review_id IS NULL THEN 'unreviewed'
  WHEN r.review_basis <> r.basis THEN 'changed'
  WHEN r.review_decision = 'accepted' AND r.review_until <= claviger_now() THEN 'ended' ELSE r.review_decision END`

const keyId = `split_part(r.key_arn, '/', 2)`
const aliases = `array_to_string(r.aliases, ' ')`
function containsAnywhere(params: Params, pattern: string): string {
  const has = params.add(pattern)
  return `(r.search_text LIKE ${has} OR ${isInAccountNamed('r.account', has)})`
}

/**
 * Of words with an order of their own: the most far-reaching, and what
 * waits for somebody, come first.
 */
const rank = (expression: string, values: readonly string[]) =>
  `array_position(ARRAY[${values.map((value) => `'${value}'`).join(', ')}], ${expression})`

const fields: FieldsSql<typeof externalTable> = {
  account: account('r.account', 'a.name'),
  region: word('r.region'),
  nearness: {
    kind: 'enum',
    expression: 'r.nearness',
    sort: rank('r.nearness', nearnessValues),
  },
  review: { kind: 'enum', expression: reviewState, sort: rank(reviewState, reviewStates) },
  ability: { kind: 'list', expression: 'r.abilities' },
  road: { kind: 'list', expression: 'r.roads' },
  principal: text('r.principal', 'r.principal'),
  principalAccount: text('r.principal_account'),
  key: text(keyId, `coalesce(r.aliases[1], ${keyId})`),
  alias: text(aliases),
  since: { kind: 'date', expression: 'r.since', sort: 'r.since' },
  sinceDays: { kind: 'days', since: 'r.since' },
}

export const externalSql: TableSql = {
  from: 'derived.external_reach',
  joins: [
    ['a', `LEFT JOIN "Account" a ON a."id" = r.account`],
    ['v', `LEFT JOIN "ExternalReview" v ON v."id" = r.review_id`],
  ],
  id: { key_arn: 'text', principal: 'text' },
  account: 'r.account',
  fields,
  anywhere: { kind: 'enum', expression: 'r.principal', contains: containsAnywhere },
  sorts: { evaluated: 'r.evaluated_at' } satisfies SortsSql<typeof externalTable>,
}
