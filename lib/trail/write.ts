import 'server-only'
import { raw, sql, transaction } from '../db/client'
import { storableText } from '../storable'
import type { SetAsideReason, TrailEntry, TrailEvent } from './event'
import { makePartitions, monthsOf } from './partitions'

/** Who brings records: an import by hand, which can be undone, or a source that stays. */
export type Source = { name: string; importId: number | null }

export const importSource = (importId: number): Source => ({
  name: `import:${importId}`,
  importId,
})

/** The columns of an event, and the field and type that each is written from. */
const columns = {
  is_use: ['isUse', 'boolean'],
  occurred_at: ['occurredAt', 'timestamptz'],
  event_id: ['eventId', 'text'],
  account_id: ['accountId', 'text'],
  region: ['region', 'text'],
  shared_id: ['sharedId', 'text'],
  event_source: ['source', 'text'],
  operation: ['operation', 'text'],
  event_type: ['eventType', 'text'],
  read_only: ['readOnly', 'boolean'],
  outcome: ['outcome', 'text'],
  error_code: ['errorCode', 'text'],
  error_message: ['errorMessage', 'text'],
  key_arn: ['keyArn', 'text'],
  more_keys: ['moreKeys', 'text[]'],
  principal_kind: ['principalKind', 'text'],
  principal: ['principal', 'text'],
  principal_id: ['principalId', 'text'],
  principal_account: ['principalAccount', 'text'],
  session: ['session', 'text'],
  source_identity: ['sourceIdentity', 'text'],
  via: ['via', 'text'],
  resource_kind: ['resourceKind', 'text'],
  resource: ['resource', 'text'],
  context: ['context', 'jsonb'],
  grant_facts: ['grant', 'jsonb'],
  source_ip: ['sourceIp', 'text'],
  user_agent: ['userAgent', 'text'],
  vpc_endpoint: ['vpcEndpoint', 'text'],
  tls_version: ['tlsVersion', 'text'],
  tls_cipher: ['tlsCipher', 'text'],
  tls_key_exchange: ['tlsKeyExchange', 'text'],
  request_id: ['requestId', 'text'],
  is_correction: ['isCorrection', 'boolean'],
} as const satisfies Readonly<Record<string, readonly [keyof TrailEvent, string]>>

const identity = ['event_id', 'account_id', 'occurred_at', 'is_use'] as const
const names = [...Object.keys(columns), 'record']
const fields = Object.values(columns)
const isCorrected = 'excluded.is_correction AND NOT e.is_correction'
const changed = names.filter((name) => !identity.some((one) => one === name))

const columnList = raw(names.join(', '))
const fieldList = raw([...fields.map(([field]) => `"${field}"`), '"record"'].join(', '))
const recordset = raw(fields.map(([field, type]) => `"${field}" ${type}`).join(', '))
const identityFields = raw(identity.map((name) => `"${columns[name][0]}"`).join(', '))
const corrections = raw(
  changed
    .map((name) => `${name} = CASE WHEN ${isCorrected} THEN excluded.${name} ELSE e.${name} END`)
    .join(', '),
)
const hourOf = (time: string) => raw(`date_trunc('hour', ${time}, 'UTC')`)

/** Stands in no JSON text by itself. */
const separator = '\x1e'

export type Written = {
  /** Events that were not there, or that are fuller now. */
  stored: number
  /** Uses older than uses are kept: a recount of their hour would lack the others. */
  tooOld: number
}

/**
 * Stores events, each once, whoever brings it and however often. The hours it touched are marked for
 * a recount in the same statement: either both are there, or neither. Of an event that is there
 * only a correction takes the place, and a source that stays takes it over from an import.
 */
export async function writeEvents(
  entries: readonly TrailEntry[],
  source: Source,
): Promise<Written> {
  if (entries.length === 0) return { stored: 0, tooOld: 0 }
  const events = entries.map(({ event }) => event)
  // Beside the other fields and not within: to escape every quote in a record is dear.
  const records = entries.map(({ record }) => record).join(separator)
  await makePartitions(monthsOf(events))
  const { importId } = source
  const imports = importId === null ? null : [importId]
  const [written] = await sql.query<Written>(
    sql`WITH given AS (
        -- In one order for all writers, so that two with the same events wait in turn.
        SELECT DISTINCT ON (${identityFields}) ${fieldList},
          ("isUse" AND "occurredAt" < (SELECT uses_from FROM trail.horizon)) AS "isTooOld"
        FROM ROWS FROM (json_to_recordset(${JSON.stringify(events)}::json) AS (${recordset}),
          string_to_table(${records}, ${separator})) g(${fieldList})
        ORDER BY ${identityFields}, "isCorrection" DESC),
      written AS (
        INSERT INTO trail.event AS e (${columnList}, imports)
        SELECT ${fieldList}, ${imports}::int[] FROM given WHERE NOT "isTooOld"
        ON CONFLICT (event_id, account_id, occurred_at, is_use) DO UPDATE SET ${corrections},
          imports = CASE WHEN excluded.imports IS NOT NULL AND e.imports IS NOT NULL
            THEN array_remove(e.imports, excluded.imports[1]) || excluded.imports END
        WHERE (${raw(isCorrected)})
          OR e.imports IS NOT NULL AND (excluded.imports IS NULL OR NOT e.imports @> excluded.imports)
        RETURNING e.account_id, e.event_id, e.region, e.occurred_at, e.is_use, e.read_only,
          e.outcome, e.is_correction, (${imports}::int[] IS NULL
          OR e.imports = ${imports}::int[] OR e.is_correction) AS is_new),
      marked AS (
        INSERT INTO trail.dirty_hour (account_id, region, hour)
        SELECT DISTINCT account_id, region, ${hourOf('occurred_at')} FROM written WHERE is_new),
      -- Whose each mutation is, is found out in the room of changes.
      unmatched AS (
        INSERT INTO trail.unmatched (account_id, event_id, occurred_at)
        SELECT account_id, event_id, occurred_at FROM written
        WHERE NOT is_use AND NOT read_only AND (outcome = 'success' OR is_correction)),
      seen AS (
        INSERT INTO "TrailCoverage" ("source", "accountId", "region", "hour", "isWhole")
        SELECT DISTINCT ${source.name}, "accountId", "region", ${hourOf('"occurredAt"')}, false
        FROM given WHERE NOT "isTooOld" AND ${importId}::int IS NOT NULL
        ON CONFLICT DO NOTHING),
      counted AS (
        SELECT count(*) FILTER (WHERE is_new)::int AS stored, min(occurred_at) AS earliest, max(occurred_at) AS latest,
          (SELECT count(*)::int FROM given WHERE "isTooOld") AS "tooOld"
        FROM written),
      noted AS (
        UPDATE "TrailImport" i SET "stored" = i."stored" + c.stored, "tooOld" = i."tooOld" + c."tooOld",
          "earliest" = least(i."earliest", c.earliest), "latest" = greatest(i."latest", c.latest)
        FROM counted c WHERE i."id" = ${importId})
      SELECT stored, "tooOld" FROM counted`,
  )
  return written ?? { stored: 0, tooOld: 0 }
}

export type SetAside = {
  reason: SetAsideReason
  detail: string
  origin: string
  record: string
  digest: string
}

/** What a record can have; of a longer one its beginning is kept. */
const longestRecord = 262_144

/** Keeps records that could not be taken, each once for a source, for another try. */
export async function writeSetAside(rows: readonly SetAside[], source: Source): Promise<void> {
  if (rows.length === 0) return
  const storable = rows.map((row) => ({
    ...row,
    detail: storableText(row.detail),
    origin: storableText(row.origin),
    record: storableText(row.record.slice(0, longestRecord)),
  }))
  await transaction(async (tx) => {
    const stored = await tx.execute(
      sql`INSERT INTO "TrailSetAside"
         ("digest", "source", "importId", "reason", "detail", "origin", "record")
       SELECT DISTINCT ON ("digest") "digest", ${source.name}, ${source.importId}::int,
         "reason", "detail", "origin", "record"
       FROM json_to_recordset(${JSON.stringify(storable)}::json)
         g("digest" text, "reason" text, "detail" text, "origin" text, "record" text)
       ORDER BY "digest" ON CONFLICT DO NOTHING`,
    )
    await tx.execute(
      sql`UPDATE "TrailImport" SET "setAside" = "setAside" + ${stored}::int WHERE "id" = ${source.importId}`,
    )
  })
}
