import 'server-only'
import { sql } from './client'

/**
 * What has a version, raised in the very transaction of who writes to it: a table, or the part of
 * one that is named after it. "Key names" are which keys there are, their aliases and tags, which
 * sweeps mostly leave as they are.
 */
export const versioned = [
  'Account',
  'AccountRegion',
  'Approval',
  'Assignment',
  'AuditEntry of requests',
  'Change',
  'Coverage',
  'Delegate',
  'Key',
  'Key names',
  'LastRead',
  'Notification',
  'Person',
  'PersonLink',
  'Request',
  'RequestComment',
  'Setting',
  'Sweep',
] as const
export type Versioned = (typeof versioned)[number]

/**
 * Returns one version of all of these together, and the number of the span of so many seconds that
 * the database's clock is in. The same version means that nothing of them was committed in between;
 * what is read after it can only be newer.
 */
export async function readVersion(
  of: readonly Versioned[],
  spanSeconds: number,
): Promise<{ version: number; span: number }> {
  const [row] = await sql.query<{ version: number; span: number }>(
    `SELECT coalesce(sum(v.n), 0)::bigint AS version,
      floor(extract(epoch FROM claviger_now()) / $2::float8)::bigint AS span
     FROM derived.table_version v WHERE v.name = ANY($1::text[])`,
    [of, spanSeconds],
  )
  return row ?? { version: 0, span: 0 }
}
