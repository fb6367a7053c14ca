// Ninety days of events for benches, written by SQL: what pages ask for depends on how many there
// are and how they lie, not on how they came.
import type pg from 'pg'

/** Keys, their principals, accounts and Regions of the events. */
export const trailFleet = { keys: 5_000, principals: 2_000, accounts: 40, regions: 3 } as const
export const trailAccount = (n: number): string => String(100_000_000_000 + n)
const regions = ['eu-west-1', 'us-east-1', 'eu-central-1']
const { keys, principals, accounts } = trailFleet

export const trailKey = (k: number) => {
  const [accountId, region] = [trailAccount(k % accounts), regions[k % regions.length] ?? '']
  return { accountId, region, arn: `arn:aws:kms:${region}:${accountId}:key/${keyId(k)}` }
}
const keyId = (k: number) => `00000000-0000-4000-8000-${String(k).padStart(12, '0')}`
export const trailPrincipal = (p: number): string =>
  `arn:aws:iam::${trailAccount(p % accounts)}:role/service-${p}`

/**
 * Inserts events $1 to $2 of $3, in the order of their time. A few keys have most of the calls (the
 * cube of an even share), each key is used by four principals; one call in 200 is refused, one in
 * 500 is a change. A record is a third as long as CloudTrail's: only the page of one event reads it.
 */
const fillEventsSql = `
INSERT INTO trail.event (is_use, occurred_at, event_id, account_id, region, event_source, operation,
  event_type, read_only, outcome, error_code, key_arn, principal_kind, principal,
  principal_account, session, via, resource_kind, resource, source_ip, user_agent, tls_version,
  request_id, record)
SELECT NOT is_denied AND NOT is_change, at, lpad(to_hex(n), 32, '0'), account, region,
  'kms.amazonaws.com', CASE WHEN is_change THEN 'CreateGrant'
    ELSE (ARRAY['Decrypt','GenerateDataKey','Decrypt','Encrypt','Decrypt'])[1 + n % 5] END,
  'AwsApiCall', NOT is_change, CASE WHEN is_denied THEN 'denied' ELSE 'success' END,
  CASE WHEN is_denied THEN 'AccessDenied' END,
  'arn:aws:kms:' || region || ':' || account || ':key/00000000-0000-4000-8000-' || lpad(k::text, 12, '0'),
  'role', 'arn:aws:iam::' || (100000000000 + p % ${accounts}) || ':role/service-' || p,
  (100000000000 + p % ${accounts})::text, 'session-' || n % 97,
  CASE k % 3 WHEN 0 THEN 's3.amazonaws.com' WHEN 1 THEN 'ec2.amazonaws.com' END,
  CASE k % 3 WHEN 0 THEN 's3' END, CASE k % 3 WHEN 0 THEN 'arn:aws:s3:::bucket-' || k % 500 END,
  '10.0.' || k % 200 || '.' || p % 250, 'aws-sdk-java/2', 'TLSv1.3', lpad(to_hex(n), 32, 'f'),
  '{"eventID":"' || n || '","padding":"' || repeat(md5(n::text), 8) || '"}'
FROM (SELECT n, k, at, (k * 13 + n % 4 * 7919) % ${principals} AS p, n % 200 = 7 AS is_denied,
    n % 500 = 1 AS is_change, (100000000000 + k % ${accounts})::text AS account,
    ('{${regions.join(',')}}'::text[])[1 + k % ${regions.length}] AS region
  FROM (SELECT n, (now() - (1 - n::float8 / $3::int) * interval '90 days')::timestamptz(3) AS at,
    floor(${keys} * power((hashint4(n) & 2147483647) / 2147483648.0, 3))::int AS k
    FROM generate_series($1::int, $2::int) n) one) e`

/**
 * Rollups as a recount makes them (lib/trail/recount.ts); the bench compares a month of both. Counts
 * by day and month follow by a trigger.
 */
const fillRollupsSql = `
INSERT INTO trail.use (hour, account_id, region, key_arn, is_first_key, principal_kind, principal,
  principal_account, operation, read_only, is_use, via, resource_kind, resource, outcome,
  error_code, events, first_at, last_at, sessions)
SELECT date_trunc('hour', occurred_at, 'UTC'), account_id, region, key_arn, true, principal_kind,
  principal, principal_account, operation, read_only, is_use, via, resource_kind, resource, outcome,
  error_code, count(*), min(occurred_at), max(occurred_at), (array_agg(DISTINCT session))[1:5]
FROM trail.event WHERE occurred_at >= $1 AND occurred_at < $2
GROUP BY 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16`

const fillCoverageSql = `
INSERT INTO "TrailCoverage" (source, "accountId", region, hour, "isWhole")
SELECT 'bench', a::text, r, h, true
FROM generate_series(100000000000, 100000000000 + ${accounts - 1}) a,
  unnest('{${regions.join(',')}}'::text[]) r,
  generate_series(date_trunc('hour', now() - interval '90 days', 'UTC'), now(), interval '1 hour') h`

const months = 4
const step = 500_000

/** Fills a migrated database; `stage` runs and times a part of it. */
export async function fillTrail(
  client: pg.Client,
  events: number,
  stage: (name: string, run: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  await client.query(`SET work_mem = '256MB'; SET maintenance_work_mem = '1GB'`)
  await client.query(
    `SELECT trail.make_partition(p, (now() - n * interval '1 month')::date)
     FROM generate_series(0, ${months}) n, unnest('{event_use,event_change,use}'::text[]) p`,
  )
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = 'trail.event'::regclass AND NOT i.indisunique`,
  )
  for (const { name } of rows) await client.query(`DROP INDEX trail."${name}"`)
  await stage('events', async () => {
    for (let from = 1; from <= events; from += step)
      await client.query(fillEventsSql, [from, Math.min(events, from + step - 1), events])
  })
  await stage('indexes', async () => {
    for (const { definition } of rows) await client.query(definition.replace(' ON ONLY ', ' ON '))
  })
  await stage('rollups', async () => {
    const day = 86_400_000
    const begin = Date.now() - 91 * day
    for (let from = begin; from < Date.now() + day; from += 7 * day)
      await client.query(fillRollupsSql, [...week(from)])
  })
  await stage('coverage', () => client.query(fillCoverageSql))
  await stage('vacuum', () => client.query('VACUUM (ANALYZE)'))
}

/** Whole UTC days, so that no hour is cut in two. */
function week(from: number): [Date, Date] {
  const day = 86_400_000
  const start = Math.floor(from / day) * day
  return [new Date(start), new Date(start + 7 * day)]
}
