import 'server-only'
import type { Permit } from '../auth/permit'
import { keptDays } from '../auth/sessions'
import { sql } from '../db/client'
import { env } from '../env'

/** `rows`: as PostgreSQL last estimated it; null: it has not counted them yet. */
export type StoredTable = {
  name: string
  what: string
  rows: number | null
  bytes: number
  kept: string
}
/** `bytes`: of the whole database. */
export type Storage = { bytes: number; tables: StoredTable[] }

const shown = 12

/** What stands in a table, for an engineer who wonders at its size. */
const whats: Readonly<Record<string, string>> = {
  Alias: 'Aliases',
  AwsTrail: 'CloudTrail: trails',
  AuditEntry: 'Audit log',
  Budget: 'Request budgets',
  BudgetLease: 'Request budgets: what each process holds',
  Change: 'Changes',
  Coverage: 'Coverage of syncs',
  Delivery: 'E-mail and webhook messages',
  FoundChange: 'Changes that a sync of all keys found',
  Grant: 'Grants',
  IamEntity: 'IAM users, groups, roles and policies',
  Key: 'Keys',
  KeyMaterial: 'Key materials',
  Notification: 'Notices under the bell',
  PersonBudget: 'Spending of people',
  PolicyDocument: 'Key policies: texts',
  PolicyVersion: 'Key policies: which key had which, when',
  QuotaValue: 'Quotas of accounts',
  Request: 'Requests',
  Session: 'Sessions',
  Sweep: 'Syncs',
  TrailCoverage: 'CloudTrail: what each source saw',
  TrailLogFile: 'CloudTrail: log files that wait, and those of the last days',
  UsageAudit: 'Usage audits',
  TrailSetAside: 'CloudTrail: records set aside',
  'trail.bound': 'CloudTrail: resources of keys',
  'trail.combination': 'CloudTrail: what counts are divided by',
  'trail.day_count': 'CloudTrail: counts by the day',
  'trail.event_change': 'CloudTrail: changes and refusals',
  'trail.event_use': 'CloudTrail: uses',
  'trail.month_count': 'CloudTrail: counts by the month',
  'trail.use': 'CloudTrail: uses by the hour',
  'trail.lookup': 'CloudTrail: how far LookupEvents was read',
  'derived.access_key': 'External access: keys',
  'derived.access_mark': 'External access: keys to evaluate',
  'derived.external_reach': 'External access',
  'derived.found': 'Search',
  'derived.grant_line': 'Grants, as the table reads them',
  'derived.grant_key': 'Grants: keys that have any',
  'derived.grant_principal': 'Grants: whom they name',
  'derived.grant_shared': 'Grants: what many have in common',
  'derived.grant_row': 'Grants, as they are flagged',
  'derived.key_row': 'Keys, as the table reads them',
  'derived.key_text': 'Keys, as search reads them',
  'derived.open_change': 'Changes that wait for a decision',
  'derived.reach_line': 'Keys, as By principal reads them',
  'derived.reach_policy': 'Key policies: whom they name',
}

const forDays = (days: number): string => (days === 1 ? '1 day' : `${days} days`)

const wholeMonths = (days: number): string => `${forDays(days)}, by whole months`

/** What the worker deletes by age; everything else stays. */
function keptFor(): Readonly<Record<string, string>> {
  const days = env()
  const policies =
    `${forDays(days.CLAVIGER_KEEP_POLICIES_DAYS)} after another took its place; what a key, ` +
    'change or draft cites stays'
  return {
    BudgetLease: '1 minute after its end',
    Budget: `${forDays(days.CLAVIGER_KEEP_BUDGETS_DAYS)} after the account was removed`,
    Delivery:
      `${forDays(days.CLAVIGER_KEEP_SENT_DAYS)} once sent, ` +
      `${forDays(days.CLAVIGER_KEEP_FAILED_DAYS)} where sending failed`,
    Notification:
      `${forDays(days.CLAVIGER_KEEP_NOTICES_DAYS)}, once read ` +
      forDays(days.CLAVIGER_KEEP_READ_NOTICES_DAYS),
    PersonBudget: `${forDays(days.CLAVIGER_KEEP_BUDGETS_DAYS)} after its last use`,
    PolicyDocument: policies,
    PolicyVersion: policies,
    Session: `${forDays(keptDays)} after sign-in`,
    Sweep: `${forDays(days.CLAVIGER_KEEP_SWEEPS_DAYS)}; the last of each place stays`,
    SignalEpisode: forDays(days.CLAVIGER_KEEP_TRAIL_CHANGES_DAYS),
    FoundChange: forDays(days.CLAVIGER_KEEP_TRAIL_USES_DAYS),
    TrailLogFile: 'until a digest has proven it; with a problem, as long as its source',
    TrailCoverage: forDays(days.CLAVIGER_KEEP_TRAIL_ROLLUPS_DAYS),
    TrailSetAside: forDays(days.CLAVIGER_KEEP_TRAIL_CHANGES_DAYS),
    'trail.bound': wholeMonths(days.CLAVIGER_KEEP_TRAIL_ROLLUPS_DAYS),
    'trail.day_count': wholeMonths(days.CLAVIGER_KEEP_TRAIL_ROLLUPS_DAYS),
    'trail.event_change': wholeMonths(days.CLAVIGER_KEEP_TRAIL_CHANGES_DAYS),
    'trail.event_use': wholeMonths(days.CLAVIGER_KEEP_TRAIL_USES_DAYS),
    'trail.month_count': wholeMonths(days.CLAVIGER_KEEP_TRAIL_ROLLUPS_DAYS),
    'trail.use': wholeMonths(days.CLAVIGER_KEEP_TRAIL_ROLLUPS_DAYS),
  }
}

type Row = { name: string; rows: number; bytes: number }

/**
 * The biggest tables, with indexes and long values, and how long their rows are kept. Estimates of
 * PostgreSQL, since counting a million rows for a number on a page costs a second.
 */
export async function readStorage(_permit: Permit<'settings.read'>): Promise<Storage> {
  const [[whole], rows] = await Promise.all([
    sql.query<{ bytes: number }>('SELECT pg_database_size(current_database()) AS "bytes"'),
    sql.query<Row>(
      // Partitions stand together under the name of their table.
      `SELECT CASE WHEN n.nspname = 'public' THEN w.relname ELSE n.nspname || '.' || w.relname END
         AS "name", sum(pg_total_relation_size(c.oid))::bigint AS "bytes",
         sum(greatest(c.reltuples, s.n_live_tup, 0))::float8 AS "rows"
       FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
         JOIN pg_class w ON w.oid = coalesce(i.inhparent, c.oid)
         JOIN pg_namespace n ON n.oid = w.relnamespace
         LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
       WHERE c.relkind = 'r' AND n.nspname IN ('public', 'derived', 'trail')
       GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${shown}`,
    ),
  ])
  const kept = keptFor()
  return {
    bytes: whole?.bytes ?? 0,
    tables: rows.map(({ name, rows: estimate, bytes }) => ({
      name,
      what: whats[name] ?? name,
      // None among so many bytes is what it was before anything came.
      rows: estimate > 0 ? estimate : null,
      bytes,
      kept:
        kept[name] ?? (name.startsWith('derived.') ? 'As long as what it is made of' : 'Always'),
    })),
  }
}
