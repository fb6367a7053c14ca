import 'server-only'
import { accountsOf, withinAccounts } from '../db/scope'
import type { Permit } from '../auth/permit'
import { nearnessValues, reviewStates } from '../table/external'
import { compileFilter, Params, type SqlProperty } from '../table/sql'
import type { TableState } from '../table/state'

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
const text = (expression: string): SqlProperty => ({
  kind: 'text',
  expression,
  none: `coalesce(${expression}, '') = ''`,
})
const accountNamed = (has: string) =>
  `r.account IN (SELECT id FROM "Account" WHERE lower(name) LIKE ${has})`

const properties: Readonly<Record<string, SqlProperty>> = {
  account: { kind: 'enum', expression: 'r.account', contains: containsAccount },
  region: { kind: 'enum', expression: 'r.region' },
  nearness: { kind: 'enum', expression: 'r.nearness' },
  review: { kind: 'enum', expression: reviewState },
  ability: { kind: 'list', expression: 'r.abilities' },
  road: { kind: 'list', expression: 'r.roads' },
  principal: text('r.principal'),
  principalAccount: text('r.principal_account'),
  key: text(keyId),
  alias: text(aliases),
  since: { kind: 'date', expression: 'r.since' },
  sinceDays: { kind: 'days', since: 'r.since' },
  '*': { kind: 'enum', expression: 'r.principal', contains: containsAnywhere },
}
const find = (id: string) => (Object.hasOwn(properties, id) ? (properties[id] ?? null) : null)

function containsAccount(params: Params, pattern: string): string {
  const has = params.add(pattern)
  return `(r.account LIKE ${has} OR ${accountNamed(has)})`
}

function containsAnywhere(params: Params, pattern: string): string {
  const has = params.add(pattern)
  return `(r.search_text LIKE ${has} OR ${accountNamed(has)})`
}

/**
 * Of words with an order of their own: the most far-reaching, and what
 * waits for somebody, come first.
 */
const rank = (expression: string, values: readonly string[]) =>
  `array_position(ARRAY[${values.map((value) => `'${value}'`).join(', ')}], ${expression})`

const sorts: Readonly<Record<string, string>> = {
  key: `coalesce(r.aliases[1], ${keyId})`,
  principal: 'r.principal',
  account: 'a."name"',
  region: 'r.region',
  nearness: rank('r.nearness', nearnessValues),
  review: rank(reviewState, reviewStates),
  since: 'r.since',
  evaluated: 'r.evaluated_at',
}

export function orderOf({ sort }: TableState): string {
  const direction = sort.direction === 'desc' ? 'DESC' : 'ASC'
  return `${sorts[sort.column] ?? 'r.key_arn'} ${direction} NULLS LAST, r.key_arn, r.principal`
}

/** Returns WHERE: the filter, within the permit's scope. */
export function whereOf({ scope }: Reading, { filter }: TableState, params: Params): string {
  const within = withinAccounts('r.account', params.add(accountsOf(scope)))
  return `${within} AND ${compileFilter(filter, find, params)}`
}

const joins: readonly [name: string, join: string][] = [
  ['a.', `LEFT JOIN "Account" a ON a."id" = r.account`],
  ['v.', `LEFT JOIN "ExternalReview" v ON v."id" = r.review_id`],
]

/**
 * Returns FROM with the tables that these pieces of a statement name, and no others: most
 * statements need few of them.
 */
export function fromFor(...pieces: readonly string[]): string {
  const said = ` ${pieces.join(' ')}`
  const named = joins.filter(([name]) => new RegExp(`[^\\w]${name.replace('.', '\\.')}`).test(said))
  return ['FROM derived.external_reach r', ...named.map(([, join]) => join)].join(' ')
}
