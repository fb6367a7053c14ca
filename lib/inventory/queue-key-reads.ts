import 'server-only'
import type { Queryable } from '../db/client'
import { parseKeyArn } from '../kms/arn'
import { underWay } from '../sweep/statuses'

/** Before what the schedule asks for: someone waits. */
export const askedPriority = 10
/** Before what the schedule asks for, behind a person who asked for this one key. */
export const seenPriority = 8

/** What of a key is read together, each by APIs and quotas of its own. */
export type KeyReadPart = 'core' | 'aliases' | 'grants' | 'rotations' | 'lastUse'

/** `parts`: what is read of it; all where none is named. `reason`: shown beside the sweep. */
export type KeyRead = { keyArn: string; parts?: readonly KeyReadPart[]; reason: string }

/** SQL of the parts of two readings of a key; null: none was asked for. */
const mergeSql = (one: string, other: string) =>
  `CASE WHEN ${one} IS NULL OR cardinality(${other}) = 0 THEN ${other}
    WHEN cardinality(${one}) = 0 THEN ${one}
    ELSE ARRAY(SELECT DISTINCT unnest(${one} || ${other}) ORDER BY 1) END`

/** As often as a reading ends between the two statements, which is hardly ever even once. */
const mostTries = 5

/**
 * The one way to have the worker read certain keys again, as soon as their request budget lets it:
 * by a person, after a change, or because something was seen to happen to them. A key that the
 * inventory does not know is looked for and added. A key that waits already is read once, with the
 * parts of both; one that is being read just now is read again afterwards, since the answer might
 * be older than what was seen. Keys of accounts that are not connected, or paused, are left out,
 * but a person's own wish is heard in a pause. Returns how many are queued anew.
 */
export async function queueKeyReads(
  database: Pick<Queryable, 'query' | 'execute'>,
  reads: readonly KeyRead[],
  askedById: string | null = null,
): Promise<number> {
  let left = await keepConnected(database, mergeReads(reads), askedById)
  let added = 0
  for (let tries = 0; left.length > 0 && tries < mostTries; tries++) {
    const queued = await insertReads(database, left)
    const after = without(left, queued)
    added += queued.length
    left = without(after, await joinReads(database, after))
  }
  return added
}

type Read = {
  accountId: string
  region: string
  keyArn: string
  parts: readonly string[]
  reason: string
  askedById: string | null
  priority: number
}

const without = (reads: readonly Read[], arns: readonly string[]): Read[] =>
  reads.filter(({ keyArn }) => !arns.includes(keyArn))

/** One for each key, with the parts of all. */
function mergeReads(reads: readonly KeyRead[]): Required<KeyRead>[] {
  const merged = new Map<string, Required<KeyRead>>()
  for (const { keyArn, parts = [], reason } of reads) {
    const before = merged.get(keyArn)
    const isAll = parts.length === 0 || before?.parts.length === 0
    const both = isAll ? [] : [...new Set([...(before?.parts ?? []), ...parts])]
    merged.set(keyArn, { keyArn, parts: both, reason: before?.reason ?? reason })
  }
  return [...merged.values()]
}

async function keepConnected(
  database: Pick<Queryable, 'query'>,
  reads: readonly Required<KeyRead>[],
  askedById: string | null,
): Promise<Read[]> {
  const priority = askedById === null ? seenPriority : askedPriority
  const placed = reads.flatMap((read): Read[] => {
    const place = parseKeyArn(read.keyArn)
    if (!place) return []
    return [{ ...read, accountId: place.accountId, region: place.region, askedById, priority }]
  })
  const rows = await database.query<{ id: string }>(
    `SELECT id FROM "Account" WHERE id = ANY($1) AND "removedAt" IS NULL
       AND ("pausedAt" IS NULL OR $2)`,
    [placed.map(({ accountId }) => accountId), askedById !== null],
  )
  const connected = new Set(rows.map(({ id }) => id))
  return placed.filter(({ accountId }) => connected.has(accountId))
}

/** Queues those that nobody has asked for; returns their ARNs. */
async function insertReads(
  database: Pick<Queryable, 'query'>,
  reads: readonly Read[],
): Promise<string[]> {
  const rows = await database.query<{ keyArn: string }>(
    `INSERT INTO "Sweep" ("accountId", region, kind, "keyArn", "askedById", priority, parts, reason)
     SELECT r."accountId", r.region, 'key', r."keyArn", r."askedById", r.priority, r.parts, r.reason
     FROM jsonb_populate_recordset(null::"Sweep", $1::jsonb) r ORDER BY r."keyArn"
     ON CONFLICT DO NOTHING RETURNING "keyArn"`,
    [JSON.stringify(reads)],
  )
  return rows.map(({ keyArn }) => keyArn)
}

/** Joins those that wait or run; returns their ARNs. */
async function joinReads(
  database: Pick<Queryable, 'query'>,
  reads: readonly Read[],
): Promise<string[]> {
  if (reads.length === 0) return []
  const rows = await database.query<{ keyArn: string }>(
    `UPDATE "Sweep" s SET priority = greatest(s.priority, r.priority),
       parts = CASE WHEN s.status = 'queued' THEN ${mergeSql('s.parts', 'r.parts')}
         ELSE s.parts END,
       "againParts" = CASE WHEN s.status = 'running'
         THEN ${mergeSql('s."againParts"', 'r.parts')} ELSE s."againParts" END
     FROM (SELECT o.id, r.priority, r.parts FROM jsonb_populate_recordset(null::"Sweep", $1::jsonb) r
       JOIN "Sweep" o ON o."accountId" = r."accountId" AND o.region = r.region AND o.kind = 'key'
         AND o."keyArn" = r."keyArn" AND o.status = ANY($2)
       ORDER BY r."keyArn" FOR UPDATE OF o) r
     WHERE s.id = r.id AND s.status = ANY($2) RETURNING s."keyArn"`,
    [JSON.stringify(reads), underWay],
  )
  return rows.map(({ keyArn }) => keyArn)
}
