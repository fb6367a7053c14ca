import 'server-only'
import { done, mightBeInForce, withoutEffect } from '@/lib/change-status'
import type { Permit } from '@/lib/auth/permit'
import {
  account,
  date,
  isInAccountNamed,
  text,
  word,
  type FieldsSql,
  type SortsSql,
  type TableSql,
} from '@/lib/table/statements'
import type { Params } from '@/lib/table/sql'
import { namesOf } from '../changes/kinds/registry'
import { grantReadAt, joinSlice } from '@/lib/sweep/last-read'
import { endedWell } from '@/lib/sweep/statuses'
import { grantFlags, oldDays, type GrantFlag } from './flags'
import type { grantsTable } from './grants-table'

export type Reading = Permit<'grants.read' | 'keys.export'>

/** Returns the condition that the change `c` is of a kind that does one of these to a grant. */
export function isOfKindThat(...what: Parameters<typeof namesOf>): string {
  return `c.kind IN (${namesOf(...what)
    .map((name) => `'${name}'`)
    .join(', ')})`
}
const makes = isOfKindThat('makes')
const isOneOf = (statuses: readonly string[], column = 'c.status') =>
  `${column} IN (${statuses.map((status) => `'${status}'`).join(', ')})`
/**
 * A change that might have made the grant it names. Failed ones too: an answer that came too late
 * leaves a grant behind.
 */
const made = `${makes} AND ${isOneOf([...mightBeInForce, ...withoutEffect])}`

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
      AND ${isOneOf(done)})
  UNION ALL
  SELECT n.key_arn, n.grant_id, c.id, true, c."endsAt", c.status::text
  FROM derived.grant_row n JOIN "Change" c ON c.id = n.name_id AND c."keyArn" = n.key_arn
  WHERE ${made} AND c.sends > 0 AND c.outcome->>'grantId' IS NULL)`

/** Its end counts while it is still to come about. */
const causeOfGrant = `(SELECT key_arn, grant_id, bool_or(made) AS made,
  min(ends_at) FILTER (WHERE ${isOneOf(mightBeInForce, 'status')}) AS ends_at
  FROM ${causes} cause GROUP BY key_arn, grant_id)`

/** When the IAM of each account was last read to its end. */
const iamReads = `(SELECT "accountId" AS account, max("startedAt") AS at FROM "Sweep"
  WHERE kind = 'iam' AND ${isOneOf(endedWell, 'status')} GROUP BY 1)`
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
const fields: FieldsSql<typeof grantsTable> = {
  account: account('r.account', 'a.name'),
  region: word('r.region'),
  flag: { kind: 'list', expression: flagsOfRow, conditionOf: isFlagged },
  issuerClass: word(issuerClass),
  known: word(known),
  granteeExists: { kind: 'enum', expression: granteeExists('all') },
  crossAccount: word('r.cross_account'),
  constrained: { kind: 'enum', expression: constrained },
  operation: { kind: 'list', expression: 'g.operations' },
  gone: { kind: 'enum', expression: `CASE WHEN r.gone THEN 'yes' ELSE 'no' END` },
  key: text(keyId, `coalesce(k.aliases[1], ${keyId})`),
  alias: text(`array_to_string(k.aliases, ' ')`),
  grantee: text('r.grantee', 'r.grantee'),
  granteeAccount: text('r.grantee_account'),
  retiring: text(retiring, retiring),
  grantId: text('r.grant_id', 'r.grant_id'),
  name: text('g.name', `nullif(g.name, '')`),
  // The column shows the age: ascending age is descending creation time, which has an index.
  created: {
    kind: 'date',
    expression: 'r.created_at',
    unknown: 'r.created_at IS NULL',
    sort: 'r.created_at',
    sortsDown: true,
  },
  ageDays: { kind: 'days', since: 'r.created_at', unknown: 'r.created_at IS NULL' },
  ends: date('o.ends_at'),
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
    OR ${isInAccountNamed('r.account', has)} OR r.gone
      AND lower(concat_ws(' ', r.grant_id, r.grantee, r.key_arn)) LIKE ${has})`
}

/** When the grant was listed last: a listing that names it writes that beside the key. */
export const observedAt = grantReadAt

export const grantsSql: TableSql = {
  from: 'derived.grant_row',
  joins: [
    ['g', `JOIN "Grant" g ON g."keyArn" = r.key_arn AND g."grantId" = r.grant_id`],
    ['k', `LEFT JOIN "Key" k ON k.arn = r.key_arn`],
    ['s', joinSlice],
    ['a', `LEFT JOIN "Account" a ON a.id = r.account`],
    ['o', `LEFT JOIN ${causeOfGrant} o ON o.key_arn = r.key_arn AND o.grant_id = r.grant_id`],
    ['i', `LEFT JOIN ${iamReads} i ON i.account = r.grantee_account`],
  ],
  id: { key_arn: 'text', grant_id: 'text' },
  account: 'r.account',
  fields,
  unlessAsked: { property: 'gone', condition: 'NOT r.gone' },
  anywhere: { kind: 'enum', expression: 'r.grant_id', contains: containsAnywhere },
  sorts: { observed: observedAt } satisfies SortsSql<typeof grantsTable>,
}
