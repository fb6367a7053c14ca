import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { isEndedWell } from '@/lib/sweep/last-end'
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
import { hasDigit, wordOfDigit } from './digits'
import { grantFlags, oldDays, type GrantFlag } from './flags'
import type { grantsTable } from './grants-table'

export type Reading = Permit<'grants.read' | 'keys.export'>

/** Returns the condition that the change `c` is of a kind that does one of these to a grant. */
export function isOfKindThat(...what: Parameters<typeof namesOf>): string {
  return `c.kind IN (${namesOf(...what)
    .map((name) => `'${name}'`)
    .join(', ')})`
}

/** When the IAM of an account was last read to its end: of that sweep, when it began. */
const iamReadOf = (accountId: string) => `(SELECT s."startedAt" FROM "Sweep" s
  WHERE s."accountId" = ${accountId} AND s.region = '' AND s.kind = 'iam' AND ${isEndedWell}
    AND s."keyArn" IS NULL AND s."endedAt" IS NOT NULL
  ORDER BY s."endedAt" DESC LIMIT 1)`
const iamReads = `(SELECT x.account, x.at FROM (SELECT a.id AS account, ${iamReadOf('a.id')} AS at
  FROM "Account" a OFFSET 0) x WHERE x.at IS NOT NULL)`

/**
 * When the IAM was read that decides whether a grantee exists: for every row of the table the join
 * of all such times, for the rows of a page a look each.
 */
const readAt = { all: 'i.at', each: iamReadOf('r.iam_of COLLATE "default"') }
type Lookup = keyof typeof readAt

const isGone = (lookup: Lookup) =>
  `(${hasDigit('grantee', 'missing')} AND r.created_at < ${readAt[lookup]})`

/**
 * Tells whether the grantee still exists. "No" needs proof: its account's IAM was read to the end
 * after the grant was made (AWS makes grants for existing principals alone), or AWS shows its
 * unique id.
 */
export const granteeExists = (lookup: Lookup) => `CASE
  WHEN ${hasDigit('grantee', 'there')} THEN 'yes' WHEN ${hasDigit('grantee', 'service')}
  THEN 'notApplicable' WHEN ${hasDigit('grantee', 'deleted')} OR ${isGone(lookup)} THEN 'no'
  WHEN ${hasDigit('grantee', 'account')} AND ${readAt[lookup]} IS NOT NULL THEN 'yes'
  ELSE 'unknown' END`
export const issuerClass = wordOfDigit('issuerClass')
export const known = wordOfDigit('known')
/** The time in a subselect, which PostgreSQL asks once instead of for each grant. */
export const isOld = `r.created_at < (SELECT claviger_now() - interval '${oldDays} days')`
/**
 * The condition of each flag. A grant of an AWS service is retired by the service, so having no
 * other end is no flag.
 */
const isFlagged = (lookup: Lookup): Readonly<Record<GrantFlag, string>> => ({
  orphaned: `${hasDigit('grantee', 'deleted')} OR ${isGone(lookup)}`,
  duplicate: hasDigit('duplicate', 'yes'),
  overBroad: hasDigit('overBroad', 'yes'),
  crossAccount: hasDigit('crossAccount', 'yes'),
  withoutEnd: hasDigit('withoutEnd', 'yes'),
  old: isOld,
})
const flagsOf = isFlagged('each')
const flagOrNull = grantFlags.map((flag) => `CASE WHEN ${flagsOf[flag]} THEN '${flag}' END`)
/** The flags of the rows of one page. */
export const flagsOfRow = `array_remove(ARRAY[${flagOrNull.join(', ')}], NULL)`
export const keyId = `split_part(r.key_arn, '/', 2)`
const retiring = `coalesce(g."retiringPrincipal", g."retiringServicePrincipal")`
const fields: FieldsSql<typeof grantsTable> = {
  account: account('r.account', 'a.name'),
  region: word('r.region'),
  flag: { kind: 'list', expression: flagsOfRow, conditionOf: isFlagged('all') },
  issuerClass: word(issuerClass),
  known: word(known),
  granteeExists: { kind: 'enum', expression: granteeExists('all') },
  crossAccount: word(wordOfDigit('crossAccount')),
  constrained: { kind: 'enum', expression: wordOfDigit('constrained') },
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
  ends: date('r.ends_at'),
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
    [
      'g',
      `JOIN "Grant" g ON g."keyArn" = r.key_arn COLLATE "default"
      AND g."grantId" = r.grant_id COLLATE "default"`,
    ],
    ['k', `LEFT JOIN "Key" k ON k.arn = r.key_arn COLLATE "default"`],
    ['s', joinSlice],
    ['a', `LEFT JOIN "Account" a ON a.id = r.account`],
    ['i', `LEFT JOIN ${iamReads} i ON i.account = r.iam_of`],
  ],
  id: { id: 'bigint' },
  account: 'r.account',
  fields,
  unlessAsked: { property: 'gone', condition: 'NOT r.gone' },
  anywhere: { kind: 'enum', expression: 'r.grant_id', contains: containsAnywhere },
  sorts: { observed: observedAt } satisfies SortsSql<typeof grantsTable>,
}
