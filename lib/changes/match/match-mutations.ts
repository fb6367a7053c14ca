import 'server-only'
import { sql, transaction, type Tx } from '../../db/client'
import { env } from '../../env'
import type { Json } from '../kinds/kind'
import { factsOf } from '../kinds/open'
import { kindOf } from '../kinds/registry'
import {
  claimOf,
  judge,
  type Home,
  type Judged,
  type Known,
  type Mutation,
  type SentChange,
} from './origin'
import { tellOutOfBand } from './tell'

/** Marks that one transaction works off. */
const batch = 500

/**
 * Judges whose each mutation is that is marked (lib/changes/README.md, "Matching"), until none is
 * marked or `stop` says so. Returns how many marks it worked off.
 */
export async function matchMutations(stop?: AbortSignal): Promise<number> {
  let worked = 0
  while (!stop?.aborted) {
    const marks = await sql.query<{ id: number }>(
      sql`SELECT id FROM trail.unmatched ORDER BY id LIMIT ${batch}`,
    )
    if (marks.length === 0) break
    worked += await transaction(
      (tx) =>
        workOff(
          tx,
          marks.map(({ id }) => id),
        ),
      {
        timeoutMs: 600_000,
      },
    )
  }
  return worked
}

/**
 * Lets the setting on grants of services count for what was judged before: it decides, and not when
 * an event came.
 */
export async function applyServiceGrantSetting(): Promise<void> {
  const isWrong = env().CLAVIGER_OUT_OF_BAND_SERVICE_GRANTS ? 'aws' : 'outOfBand'
  await sql.execute(
    sql`INSERT INTO trail.unmatched (account_id, event_id, occurred_at)
     SELECT account_id, event_id, occurred_at FROM trail.mutation
     WHERE why = 'serviceGrant' AND origin = ${isWrong}`,
  )
}

type Mark = {
  accountId: string | null
  eventId: string | null
  occurredAt: Date | null
  changeId: string | null
}
type Name = Pick<Mutation, 'accountId' | 'eventId' | 'occurredAt'>

async function workOff(tx: Tx, ids: readonly number[]): Promise<number> {
  // One after another: no two judge the events of one change apart from each other.
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('trail matching', 0))`)
  // Marks go before anything is read: what is committed later has a mark of its own.
  const marks = await tx.query<Mark>(
    sql`DELETE FROM trail.unmatched WHERE id = ANY(${ids}::bigint[])
     RETURNING account_id AS "accountId", event_id AS "eventId", occurred_at AS "occurredAt",
       change_id AS "changeId"`,
  )
  const names = marks.flatMap(({ accountId, eventId, occurredAt }) =>
    accountId !== null && eventId !== null && occurredAt !== null
      ? [{ accountId, eventId, occurredAt }]
      : [],
  )
  const marked = await readMutations(tx, names)
  const left = await forgetGone(tx, names, marked)
  const claims = [...marks.map(({ changeId }) => changeId), ...left, ...marked.map(claimOf)]
  const changeIds = [...new Set(claims.filter((id) => id !== null))]
  const all = unique([...marked, ...(await readOfChanges(tx, changeIds))])
  if (all.length === 0) return marks.length
  const known: Known = {
    changes: await readChanges(tx, changeIds),
    homes: await readHomes(tx, all),
    hasServiceGrants: env().CLAVIGER_OUT_OF_BAND_SERVICE_GRANTS,
  }
  await writeJudged(tx, judge(all, known))
  await tellOutOfBand(tx)
  return marks.length
}

const nameOf = ({ accountId, eventId, occurredAt }: Name) =>
  `${accountId} ${eventId} ${occurredAt.getTime()}`
const unique = (mutations: readonly Mutation[]) => [
  ...new Map(mutations.map((one) => [nameOf(one), one])).values(),
]

const given = (names: readonly Name[]) =>
  sql`json_to_recordset(${JSON.stringify(names)}::json)
    g("accountId" text, "eventId" text, "occurredAt" timestamptz)`

const columns = sql`e.account_id AS "accountId", e.event_id AS "eventId",
  e.occurred_at AS "occurredAt", e.region, e.operation, e.event_type AS "eventType",
  e.key_arn AS "keyArn", coalesce(e.more_keys, '{}') AS "moreKeys",
  e.principal_kind AS "principalKind", e.principal, e.session,
  e.source_identity AS "sourceIdentity", e.via, e.request_id AS "requestId",
  e.grant_facts->>'name' AS "grantName"`
const isMutation = sql`NOT e.is_use AND NOT e.read_only AND e.outcome = 'success'`

/** Those of the named events that are there and changed something: each by its key, in its month. */
async function readMutations(tx: Tx, names: readonly Name[]): Promise<Mutation[]> {
  if (names.length === 0) return []
  return tx.query<Mutation>(
    sql`SELECT m.* FROM ${given(names)} CROSS JOIN LATERAL (
       SELECT ${columns} FROM trail.event e WHERE e.event_id = g."eventId"
         AND e.account_id = g."accountId" AND e.occurred_at = g."occurredAt" AND ${isMutation}
       LIMIT 1) m`,
  )
}

/** What else claims to be of these changes. */
async function readOfChanges(tx: Tx, changeIds: readonly string[]): Promise<Mutation[]> {
  if (changeIds.length === 0) return []
  const names = await tx.query<Name>(
    sql`SELECT account_id AS "accountId", event_id AS "eventId", occurred_at AS "occurredAt"
     FROM trail.mutation WHERE change_id = ANY(${changeIds}::uuid[])`,
  )
  return readMutations(tx, names)
}

/** Forgets those that were taken out, or corrected to a failure. Returns which changes they claimed. */
async function forgetGone(
  tx: Tx,
  names: readonly Name[],
  found: readonly Mutation[],
): Promise<(string | null)[]> {
  const there = new Set(found.map(nameOf))
  const gone = names.filter((name) => !there.has(nameOf(name)))
  if (gone.length === 0) return []
  const rows = await tx.query<{ changeId: string | null }>(
    sql`DELETE FROM trail.mutation m USING ${given(gone)} WHERE m.account_id = g."accountId"
       AND m.event_id = g."eventId" AND m.occurred_at = g."occurredAt"
     RETURNING m.change_id AS "changeId"`,
  )
  return rows.map(({ changeId }) => changeId)
}

type StoredChange = Omit<SentChange, 'operations' | 'requestIds'> & {
  kind: string
  outcomes: (Json | null)[]
}

async function readChanges(
  tx: Tx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, SentChange>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.query<StoredChange>(
    sql`SELECT c."id", c."accountId", c."region", c."keyArn", r."requesterId", c."kind",
       c."sends" + c."undoSends" AS "sends", c."startedAt",
       greatest(c."lastSentAt", c."undoLastSentAt") AS "lastSentAt",
       jsonb_build_array(c."outcome", c."undoOutcome") AS "outcomes"
     FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
     WHERE c."id" = ANY(${ids}::uuid[]) AND c."accountId" IS NOT NULL AND c."region" IS NOT NULL`,
  )
  return new Map(
    rows.map(({ kind, outcomes, ...change }) => [
      change.id,
      { ...change, operations: operationsOf(kind), requestIds: outcomes.flatMap(requestIdsOf) },
    ]),
  )
}

/** What the write role is allowed for a kind is what a change of it can call. */
const operationsOf = (kind: string): string[] =>
  (kindOf(kind)?.role?.statements ?? []).flatMap(({ Action }) =>
    Action.map((action) => action.replace(/^kms:/, '')),
  )

function requestIdsOf(outcome: Json | null): string[] {
  const { requestIds } = factsOf(outcome)
  return Array.isArray(requestIds) ? requestIds.filter((id) => typeof id === 'string') : []
}

async function readHomes(
  tx: Tx,
  mutations: readonly Mutation[],
): Promise<ReadonlyMap<string, Home>> {
  const ids = [...new Set(mutations.map(({ accountId }) => accountId))]
  const rows = await tx.query<Home & { id: string }>(
    sql`SELECT "id", "createdAt", "writeRoleArn" FROM "Account" WHERE "id" = ANY(${ids}::text[])`,
  )
  return new Map(rows.map(({ id, ...home }) => [id, home]))
}

async function writeJudged(tx: Tx, judged: readonly Judged[]): Promise<void> {
  const rows = judged.map(({ mutation, origin, why, changeId }) => ({
    account_id: mutation.accountId,
    event_id: mutation.eventId,
    occurred_at: mutation.occurredAt,
    region: mutation.region,
    operation: mutation.operation,
    key_arn: mutation.keyArn,
    principal_kind: mutation.principalKind,
    principal: mutation.principal,
    session: mutation.session,
    origin,
    why,
    change_id: changeId,
  }))
  await tx.execute(
    sql`INSERT INTO trail.mutation AS m
     SELECT * FROM json_populate_recordset(NULL::trail.mutation, ${JSON.stringify(rows)}::json)
     ON CONFLICT (account_id, event_id, occurred_at) DO UPDATE SET region = excluded.region,
       operation = excluded.operation, key_arn = excluded.key_arn,
       principal_kind = excluded.principal_kind, principal = excluded.principal,
       session = excluded.session, origin = excluded.origin, why = excluded.why,
       change_id = excluded.change_id
     WHERE (m.region, m.operation, m.key_arn, m.principal_kind, m.principal, m.session, m.origin,
       m.why, m.change_id) IS DISTINCT FROM (excluded.region, excluded.operation, excluded.key_arn,
       excluded.principal_kind, excluded.principal, excluded.session, excluded.origin,
       excluded.why, excluded.change_id)`,
  )
}
