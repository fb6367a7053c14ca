import 'server-only'
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
import { grantOperations } from '../kms/grant-operations'
import { grantReadAt, joinSlice } from '@/lib/sweep/last-read'
import { hasDigit, wordOfDigit } from './digits'
import { grantFlags, oldDays, type GrantFlag } from './flags'
import type { grantsTable } from './grants-table'

// r: derived.grant_line, c: derived.grant_shared, y: derived.grant_key, n and m: its grantee and
// retiring principal, t: derived.grant_row

export type Reading = Permit<'grants.read' | 'keys.export'>

/** Returns the condition that the change `c` is of a kind that does one of these to a grant. */
export function isOfKindThat(...what: Parameters<typeof namesOf>): string {
  return `c.kind IN (${namesOf(...what)
    .map((name) => `'${name}'`)
    .join(', ')})`
}

/**
 * When the IAM of each account was last listed to its end. Of an account that was taken out nothing
 * is left of its IAM, which says nothing about who is there.
 */
export const iamReads = `(WITH listed AS MATERIALIZED (
    SELECT l."accountId" AS account, l."iamAt" AS at FROM "LastRead" l
    WHERE l.region = '' AND l.slice = 0 AND l."iamAt" IS NOT NULL AND (
      SELECT true FROM "IamEntity" e WHERE e."accountId" = l."accountId" AND e."goneAt" IS NULL
      LIMIT 1))
  SELECT account, at FROM listed)`

const isGone = `(${hasDigit('grantee', 'missing')} AND r.created_at < i.at)`

/**
 * Tells whether the grantee still exists. "No" needs proof: its account's IAM was read to the end
 * after the grant was made (AWS makes grants for existing principals alone), or AWS shows its
 * unique id.
 */
export const granteeExists = `CASE
  WHEN ${hasDigit('grantee', 'there')} THEN 'yes' WHEN ${hasDigit('grantee', 'service')}
  THEN 'notApplicable' WHEN ${hasDigit('grantee', 'deleted')} OR ${isGone} THEN 'no'
  WHEN ${hasDigit('grantee', 'account')} AND i.at IS NOT NULL THEN 'yes'
  ELSE 'unknown' END`
export const issuerClass = wordOfDigit('issuerClass')
export const known = wordOfDigit('known')
/** The time in a subselect, which PostgreSQL asks once instead of for each grant. */
export const isOld = `r.created_at < (SELECT claviger_now() - interval '${oldDays} days')`
/**
 * The condition of each flag. A grant of an AWS service is retired by the service, so having no
 * other end is no flag.
 */
const isFlagged: Readonly<Record<GrantFlag, string>> = {
  orphaned: `${hasDigit('grantee', 'deleted')} OR ${isGone}`,
  duplicate: hasDigit('duplicate', 'yes'),
  overBroad: hasDigit('overBroad', 'yes'),
  crossAccount: hasDigit('crossAccount', 'yes'),
  withoutEnd: hasDigit('withoutEnd', 'yes'),
  old: isOld,
}
const flagOrNull = grantFlags.map((flag) => `CASE WHEN ${isFlagged[flag]} THEN '${flag}' END`)
/** The flags of the rows of one page. */
export const flagsOfRow = `array_remove(ARRAY[${flagOrNull.join(', ')}], NULL)`
export const keyId = `split_part(y.arn, '/', 2)`
/**
 * Keys and principals stand once for many grants: they are looked through once, and each grant is
 * asked for its number. Said as truth and not as a condition, as in the table of keys.
 */
const inKeys = (condition: string) =>
  `(r.key IN (SELECT z.id FROM derived.grant_key z WHERE ${condition})) IS TRUE`
const inPrincipals = (column: 'grantee' | 'retiring') => (condition: string) =>
  `(r.${column} IN (SELECT q.id FROM derived.grant_principal q WHERE ${condition})) IS TRUE`

const isOfDigits = (pattern: string) => /^%?[0-9a-f]{3,}%?$/u.test(pattern)

/**
 * Ids are in no line. Those of hexadecimal digits, as AWS gives them, are found by the search
 * index, which is made of threes and has nothing of grants that are gone.
 */
function hasId(params: Params, pattern: string): string {
  const like = `lower(u.grant_id) LIKE ${params.add(pattern)}`
  if (!isOfDigits(pattern))
    return `(r.id IN (SELECT u.id FROM derived.grant_row u WHERE ${like})) IS TRUE`
  const anywhere = params.add(`%${pattern.replaceAll('%', '')}%`)
  return `(r.id IN (
    SELECT u.id FROM derived.found x JOIN derived.grant_row u
      ON u.key_arn = split_part(x.id, '#', 1) AND u.grant_id = split_part(x.id, '#', 2)
    WHERE x.kind = 'grant' AND x.search_text LIKE ${anywhere} AND ${like}
    UNION ALL SELECT u.id FROM derived.grant_line l JOIN derived.grant_row u ON u.id = l.id
    WHERE l.gone AND ${like})) IS TRUE`
}

/**
 * Any text of a grant, of whom it names, of its key or its account. Nobody looks for an id by
 * letters that ids do not have.
 */
function containsAnywhere(params: Params, pattern: string): string {
  const has = params.add(pattern)
  const isNamed = `lower(q.principal) LIKE ${has}`
  return `(${[
    inKeys(`z.arn LIKE ${has}
      OR z.arn IN (SELECT arn FROM derived.key_text WHERE search_text LIKE ${has})`),
    inPrincipals('grantee')(isNamed),
    inPrincipals('retiring')(isNamed),
    `lower(r.name) LIKE ${has}`,
    isInAccountNamed('c.account', has),
    ...(isOfDigits(pattern) ? [hasId(params, pattern)] : []),
  ].join(' OR ')})`
}

const fields: FieldsSql<typeof grantsTable> = {
  account: account('c.account', 'a.name'),
  region: word('c.region'),
  flag: { kind: 'list', expression: flagsOfRow, conditionOf: isFlagged },
  issuerClass: word(issuerClass),
  known: word(known),
  granteeExists: { kind: 'enum', expression: granteeExists },
  crossAccount: word(wordOfDigit('crossAccount')),
  constrained: { kind: 'enum', expression: wordOfDigit('constrained') },
  operation: {
    kind: 'list',
    expression: 'g.operations',
    conditionOf: Object.fromEntries(
      grantOperations.map((name, at) => [name, `r.operations & ${1 << at} <> 0`]),
    ),
  },
  gone: { kind: 'enum', expression: `CASE WHEN r.gone THEN 'yes' ELSE 'no' END` },
  key: {
    kind: 'text',
    expression: `split_part(z.arn, '/', 2)`,
    within: inKeys,
    sort: `coalesce(y.aliases[1], ${keyId})`,
  },
  alias: {
    kind: 'text',
    expression: `array_to_string(z.aliases, ' ')`,
    within: inKeys,
    none: inKeys(`z.aliases = '{}'`),
  },
  grantee: {
    kind: 'text',
    expression: 'q.principal',
    within: inPrincipals('grantee'),
    none: 'r.grantee IS NULL',
    sort: 'n.principal',
  },
  granteeAccount: {
    kind: 'text',
    expression: 'q.account',
    within: inPrincipals('grantee'),
    none: `(r.grantee IS NULL OR ${inPrincipals('grantee')('q.account IS NULL')})`,
  },
  retiring: {
    kind: 'text',
    expression: 'q.principal',
    within: inPrincipals('retiring'),
    none: 'r.retiring IS NULL',
    sort: 'm.principal',
  },
  grantId: { kind: 'pattern', like: hasId },
  name: text('r.name', 'r.name'),
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
/** When the grant was listed last: a listing that names it writes that beside the key. */
export const observedAt = grantReadAt

export const grantsSql: TableSql = {
  from: 'derived.grant_line',
  joins: [
    ['c', 'JOIN derived.grant_shared c ON c.id = r.shared'],
    ['y', 'JOIN derived.grant_key y ON y.id = r.key'],
    ['n', 'LEFT JOIN derived.grant_principal n ON n.id = r.grantee'],
    ['m', 'LEFT JOIN derived.grant_principal m ON m.id = r.retiring'],
    ['t', 'JOIN derived.grant_row t ON t.id = r.id'],
    [
      'g',
      `JOIN "Grant" g ON g."keyArn" = t.key_arn COLLATE "default"
      AND g."grantId" = t.grant_id COLLATE "default"`,
    ],
    ['k', `LEFT JOIN "Key" k ON k.arn = y.arn COLLATE "default"`],
    ['s', joinSlice],
    ['a', `LEFT JOIN "Account" a ON a.id = c.account`],
    ['i', `LEFT JOIN ${iamReads} i ON i.account = c.iam_of`],
  ],
  id: { id: 'bigint' },
  account: 'c.account',
  fields,
  unlessAsked: { property: 'gone', condition: 'NOT r.gone' },
  anywhere: { kind: 'enum', expression: `''`, contains: containsAnywhere },
  sorts: {} satisfies SortsSql<typeof grantsTable>,
}
