import 'server-only'
import { accountsOf, withinAccounts } from '../db/scope'
import type { Permit } from '@/lib/auth/permit'
import { tokensOf } from '@/lib/table/filter'
import { compileFilter, Params, type SqlProperty } from '@/lib/table/sql'
import type { TableState } from '@/lib/table/state'
import { namesOf } from '../changes/kinds/registry'
import { grantFlags, oldDays, type GrantFlag } from './flags'

export type Reading = Permit<'grants.read' | 'keys.export'>

/** Returns the condition that the change `c` is of a kind that does one of these to a grant. */
export function isOfKindThat(...what: Parameters<typeof namesOf>): string {
  return `c.kind IN (${namesOf(...what)
    .map((name) => `'${name}'`)
    .join(', ')})`
}
const makes = isOfKindThat('makes')
/**
 * A change that might have made the grant it names. Failed ones too: an answer that came too late
 * leaves a grant behind.
 */
const made =
  `${makes} AND c.status IN ('executing', 'applied', 'reverting', ` +
  "'revertFailed', 'reverted', 'failed', 'drifted')"

/**
 * The changes of ours that a grant came from or was adopted by, one row for each of both. By the
 * id that AWS answered, else by the grant's Name: not by the Name where another id was answered,
 * since anybody who may make grants can give theirs that name.
 */
export const causes = `(
  SELECT c."keyArn" AS key_arn, c.outcome->>'grantId' AS grant_id, c.id AS change_id,
    ${makes} AS made, c."endsAt" AS ends_at, c.status::text AS status
  FROM "Change" c WHERE c.outcome->>'grantId' IS NOT NULL
    AND (${made} OR ${isOfKindThat('adopts')}
      AND c.status IN ('applied', 'reverting', 'revertFailed', 'reverted'))
  UNION ALL
  SELECT n.key_arn, n.grant_id, c.id, true, c."endsAt", c.status::text
  FROM derived.grant_row n JOIN "Change" c ON c.id = n.name_id AND c."keyArn" = n.key_arn
  WHERE ${made} AND c.sends > 0 AND c.outcome->>'grantId' IS NULL)`

/** Its end counts while it is still to come about. */
const causeOfGrant = `(SELECT key_arn, grant_id, bool_or(made) AS made,
  min(ends_at) FILTER (WHERE status IN ('executing', 'applied', 'reverting',
      'revertFailed')) AS ends_at
  FROM ${causes} cause GROUP BY key_arn, grant_id)`

/** When the IAM of each account was last read to its end. */
const iamReads = `(SELECT "accountId" AS account, max("startedAt") AS at FROM "Sweep"
  WHERE kind = 'iam' AND status IN ('complete', 'partial') GROUP BY 1)`
/**
 * * Whether IAM has it, as grant_row.entity names it: derived.found holds what the last such
 * reading listed, and no more. For every row of the table a hash of them all, for the few rows of a
 * page a look each.
 */
const entityIsThere = {
  each: `CASE WHEN r.entity LIKE 'arn:%' THEN EXISTS (SELECT 1 FROM derived.found e
    WHERE e.kind = 'principal' AND e.id = r.entity)
    ELSE EXISTS (SELECT 1 FROM derived.found e WHERE e.kind = 'principal' AND e.detail = 'role'
      AND e.account || '/role/' || e.label = r.entity) END`,
  all: `CASE WHEN r.entity LIKE 'arn:%' THEN r.entity IN (SELECT id FROM derived.found WHERE kind = 'principal')
    ELSE r.entity IN (SELECT account || '/role/' || label FROM derived.found
    WHERE kind = 'principal' AND detail = 'role') END`,
}
const hasTwin = {
  each: `(SELECT count(*) FROM derived.grant_row t WHERE t.fingerprint = r.fingerprint AND NOT t.gone) > 1`,
  all: `r.fingerprint IN (SELECT fingerprint FROM derived.grant_row WHERE NOT gone
    GROUP BY fingerprint HAVING count(*) > 1)`,
}
type Lookup = 'each' | 'all'

/**
 * Tells whether the grantee still exists. "No" needs proof: its account's IAM was read to the end
 * after the grant was made (AWS makes grants for existing principals alone), or AWS shows its
 * unique id.
 */
export const granteeExists = (
  lookup: Lookup,
) => `CASE r.grantee_kind WHEN 'service' THEN 'notApplicable' WHEN 'deleted' THEN 'no'
  WHEN 'account' THEN CASE WHEN i.at IS NOT NULL THEN 'yes' ELSE 'unknown' END
  WHEN 'entity' THEN CASE WHEN ${entityIsThere[lookup]} THEN 'yes' WHEN r.created_at < i.at THEN 'no' ELSE 'unknown' END
  ELSE 'unknown' END`
export const issuerClass = `CASE WHEN o.made THEN 'claviger' WHEN r.service THEN 'awsService' ELSE 'human' END`
export const known = `CASE WHEN o.made THEN 'request' WHEN o.key_arn IS NOT NULL THEN 'adopted'
  WHEN r.service THEN 'awsService' ELSE 'nobody' END`
export const constrained = `CASE WHEN r.constrained THEN 'yes' ELSE 'no' END`
/**
 * Returns the condition of each flag. A grant of an AWS service is retired by the service, so
 * having no other end is no flag.
 */
const isFlaggedBy = (lookup: Lookup): Readonly<Record<GrantFlag, string>> => ({
  orphaned: `${granteeExists(lookup)} = 'no'`,
  duplicate: `NOT r.gone AND ${hasTwin[lookup]}`,
  overBroad: `r.broad <> '{}'`,
  crossAccount: `r.cross_account = 'yes'`,
  withoutEnd: 'NOT r.service AND NOT r.gone AND o.ends_at IS NULL',
  old: `r.created_at < claviger_now() - interval '${oldDays} days'`,
})
export const isFlagged = isFlaggedBy('all')
const flagOrNull = grantFlags.map(
  (flag) => `CASE WHEN ${isFlaggedBy('each')[flag]} THEN '${flag}' END`,
)
/** The flags of the rows of one page. */
export const flagsOfRow = `array_remove(ARRAY[${flagOrNull.join(', ')}], NULL)`
export const keyId = `split_part(r.key_arn, '/', 2)`
const retiring = `coalesce(g."retiringPrincipal", g."retiringServicePrincipal")`
const text = (expression: string): SqlProperty => ({
  kind: 'text',
  expression,
  none: `coalesce(${expression}, '') = ''`,
})

const properties: Readonly<Record<string, SqlProperty>> = {
  account: {
    kind: 'enum',
    expression: 'r.account',
    contains: (params, pattern) =>
      `(r.account LIKE ${params.add(pattern)} OR r.account IN (SELECT id FROM "Account"
        WHERE lower(name) LIKE ${params.add(pattern)}))`,
  },
  region: { kind: 'enum', expression: 'r.region' },
  flag: { kind: 'list', expression: flagsOfRow, conditionOf: isFlagged },
  issuerClass: { kind: 'enum', expression: issuerClass },
  known: { kind: 'enum', expression: known },
  granteeExists: { kind: 'enum', expression: granteeExists('all') },
  crossAccount: { kind: 'enum', expression: 'r.cross_account' },
  constrained: { kind: 'enum', expression: constrained },
  operation: { kind: 'list', expression: 'g.operations' },
  gone: { kind: 'enum', expression: `CASE WHEN r.gone THEN 'yes' ELSE 'no' END` },
  key: text(keyId),
  alias: text(`array_to_string(k.aliases, ' ')`),
  grantee: text('r.grantee'),
  granteeAccount: text('r.grantee_account'),
  retiring: text(retiring),
  grantId: text('r.grant_id'),
  name: text('g.name'),
  created: { kind: 'date', expression: 'r.created_at', unknown: 'r.created_at IS NULL' },
  ageDays: { kind: 'days', since: 'r.created_at', unknown: 'r.created_at IS NULL' },
  ends: { kind: 'date', expression: 'o.ends_at', none: 'o.ends_at IS NULL' },
  '*': { kind: 'enum', expression: 'r.grant_id', contains: containsAnywhere },
}
/**
 * Searches through the search indexes, and grants that are gone, which are few and in no index,
 * beside them.
 */
function containsAnywhere(params: Params, pattern: string): string {
  const has = params.add(pattern)
  return `(r.key_arn || '#' || r.grant_id IN (SELECT id FROM derived.found
    WHERE kind = 'grant' AND search_text LIKE ${has})
    OR r.key_arn IN (SELECT arn FROM derived.key_text WHERE search_text LIKE ${has}) OR r.key_arn LIKE ${has}
    OR r.account IN (SELECT id FROM "Account" WHERE lower(name) LIKE ${has}) OR r.gone
      AND lower(concat_ws(' ', r.grant_id, r.grantee, r.key_arn)) LIKE ${has})`
}
const find = (id: string) => (Object.hasOwn(properties, id) ? (properties[id] ?? null) : null)

const sorts: Readonly<Record<string, string>> = {
  grantee: 'r.grantee',
  key: `coalesce(k.aliases[1], ${keyId})`,
  account: 'a.name',
  region: 'r.region',
  issuerClass,
  known,
  crossAccount: 'r.cross_account',
  ends: 'o.ends_at',
  retiring,
  name: `nullif(g.name, '')`,
  grantId: 'r.grant_id',
  observed: 'g."observedAt"',
}

/** Returns ORDER BY. Ascending age is descending creation time, which has an index. */
export function orderOf({ sort }: TableState): string {
  const isDown = (sort.direction === 'desc') !== (sort.column === 'created')
  return (
    `${sort.column === 'created' ? 'r.created_at' : (sorts[sort.column] ?? 'r.grant_id')} ` +
    `${isDown ? 'DESC' : 'ASC'} NULLS LAST, r.key_arn, r.grant_id`
  )
}

export function whereOf(
  permit: Reading | Permit<'keys.read'>,
  { filter }: TableState,
  params: Params,
): string {
  const conditions = [compileFilter(filter, find, params)]
  if (!tokensOf(filter).some((token) => token.property === 'gone')) conditions.push('NOT r.gone')
  conditions.push(withinAccounts('r.account', params.add(accountsOf(permit.scope))))
  return conditions.join(' AND ')
}

const joins: readonly [name: string, join: string][] = [
  ['g.', `JOIN "Grant" g ON g."keyArn" = r.key_arn AND g."grantId" = r.grant_id`],
  ['k.', `LEFT JOIN "Key" k ON k.arn = r.key_arn`],
  ['a.', `LEFT JOIN "Account" a ON a.id = r.account`],
  ['o.', `LEFT JOIN ${causeOfGrant} o ON o.key_arn = r.key_arn AND o.grant_id = r.grant_id`],
  ['i.', `LEFT JOIN ${iamReads} i ON i.account = r.grantee_account`],
]

/**
 * Returns FROM with the tables that these pieces of a statement name, and no others: most
 * statements need few of them.
 */
export function fromFor(...pieces: readonly string[]): string {
  const said = ` ${pieces.join(' ')}`
  return [
    'FROM derived.grant_row r',
    ...joins
      .filter(([name]) => new RegExp(`[^\\w]${name.replace('.', '\\.')}`).test(said))
      .map(([, join]) => join),
  ].join(' ')
}
