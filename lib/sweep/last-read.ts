import 'server-only'
import { raw, sql, type Queryable, type Sql, type Tx } from '@/lib/db/client'
import type { SweepLease } from './lease'

// When each part of a key was read: lib/sweep/README.md, "When a part was read".

/** Each part of a key: the column of its row that says when it was read, and that of its slice. */
const parts = {
  listed: ['listedAt', 'listedAt'],
  describe: ['describedAt', 'coreAt'],
  tags: ['tagsAt', 'coreAt'],
  policy: ['policyAt', 'coreAt'],
  rotation: ['rotationAt', 'coreAt'],
  aliases: ['aliasesAt', 'aliasesAt'],
  rotations: ['rotationsAt', 'rotationsAt'],
  grants: ['grantsAt', 'grantsAt'],
  lastUse: ['lastUseAt', 'lastUseAt'],
} as const

export type KeyPart = keyof typeof parts
const keyParts = Object.keys(parts) as KeyPart[]
const allParts = `'{${keyParts.join(',')}}'::text[]`

/** Joins the slice of a key (k) as s. */
export const joinSlice = `LEFT JOIN "LastRead" s ON s."accountId" = k."accountId"
  AND s.region = k.region AND s.slice = k.slice`

/** SQL of when a part of a key (k) was read last; its slice (s) is joined. */
export const readAt = (part: KeyPart): string =>
  `derived.read_at(k."${parts[part][0]}", s."${parts[part][1]}",
    '${part}' = ANY(k."readApart") OR k."goneAt" IS NOT NULL)`

/** SQL of the columns of a key (k) that say when its parts were read, each under its own name. */
export const readTimes = keyParts.map((part) => `${readAt(part)} AS "${parts[part][0]}"`).join(', ')

/** SQL of when a grant (g) was last listed; its key (k) and the key's slice (s) are joined. */
export const grantReadAt = `CASE WHEN g."goneAt" IS NULL
  THEN greatest(g."observedAt", ${readAt('grants')}) ELSE g."observedAt" END`

/** Joins the line of an account's IAM as l: all of it is read together, and written where it changed. */
export const joinIamRead = `LEFT JOIN "LastRead" l ON l."accountId" = e."accountId" AND l.region = ''
  AND l.slice = 0`
/** SQL of when an entity of IAM (e) was read last. */
export const iamReadAt = `greatest(e."observedAt", l."iamAt")`

/** The same of a grant (g) that is not gone, where nothing is joined. */
export const presentGrantReadAt = `greatest(g."observedAt", (
  SELECT derived.read_at(k."grantsAt", s."grantsAt",
    'grants' = ANY(k."readApart") OR k."goneAt" IS NOT NULL)
  FROM "Key" k LEFT JOIN "LastRead" s
    ON s."accountId" = k."accountId" AND s.region = k.region AND s.slice = k.slice
  WHERE k.arn = g."keyArn"))`

type KeyTimes = { [Part in KeyPart as (typeof parts)[Part][0]]: Date | null }

/**
 * Returns keys with the times at which their parts were read last, in place of those that their
 * rows have.
 */
export async function withReadTimes<T extends { arn: string }>(
  database: Pick<Queryable, 'query'>,
  keys: readonly T[],
): Promise<T[]> {
  if (keys.length === 0) return []
  const times = await database.query<KeyTimes & { arn: string }>(
    `SELECT k.arn, ${readTimes} FROM "Key" k ${joinSlice} WHERE k.arn = ANY($1)`,
    [keys.map(({ arn }) => arn)],
  )
  const found = new Map(times.map((row) => [row.arn, row]))
  return keys.map((key) => ({ ...key, ...found.get(key.arn) }))
}

/**
 * Lets the rows of keys alone say when they were read, before their slices are gone over without
 * them. `condition`: SQL on the key (k).
 */
export async function standApart(tx: Pick<Tx, 'execute'>, condition: Sql): Promise<void> {
  const own = keyParts.map((part) => `"${parts[part][0]}" = t."${parts[part][0]}"`).join(', ')
  await tx.execute(
    sql`UPDATE "Key" u SET ${raw(own)}, "readApart" = ${raw(allParts)}
     FROM (SELECT k.arn, ${raw(readTimes)} FROM "Key" k ${raw(joinSlice)}
       WHERE k."goneAt" IS NULL AND NOT k."readApart" @> ${raw(allParts)} AND ${condition}
       ORDER BY k.arn FOR UPDATE OF k) t
     WHERE u.arn = t.arn`,
  )
}

/** What a sweep of a kind notes of a slice: the times of the parts it read, and that it is done. */
const marks = {
  core: { at: ['coreAt', 'listedAt', 'aliasesAt'], doneIn: 'coreIn' },
  grants: { at: ['grantsAt'], doneIn: 'grantsIn' },
  rotations: { at: ['rotationsAt'], doneIn: 'rotationsIn' },
  lastUsage: { at: ['lastUseAt'], doneIn: 'lastUseIn' },
} as const
export type SlicedKind = keyof typeof marks
export const doneIn = (kind: SlicedKind): string => `s."${marks[kind].doneIn}"`
export const sweptAt = (kind: SlicedKind): string => `s."${marks[kind].at[0]}"`

/** The slice was gone over by a sweep that began with it at `since`. */
export type SliceRead = { slice: number; since: string; listedAt?: string; aliasesAt?: string }

/**
 * Notes that slices were gone over: every part of their keys was read since then, or stands apart.
 * A worker that has lost the sweep notes nothing: what the next one found would look as if it had
 * been read later than it was.
 */
export async function markSlices(
  database: Pick<Queryable, 'execute'>,
  { id, attempt, accountId, region }: SweepLease,
  kind: SlicedKind,
  slices: readonly SliceRead[],
): Promise<void> {
  if (slices.length === 0) return
  const { at, doneIn: done } = marks[kind]
  const columns = at.map((column) => `"${column}"`)
  const newest = columns.map((column) => `${column} = greatest(l.${column}, excluded.${column})`)
  const rows = slices.map(({ since, ...rest }) => ({ ...rest, [at[0]]: since }))
  await database.execute(
    `INSERT INTO "LastRead" AS l ("accountId", region, slice, "${done}", ${columns.join(', ')})
     SELECT $1, $2, r.slice, $3, ${columns.map((column) => `r.${column}`).join(', ')}
     FROM jsonb_populate_recordset(null::"LastRead", $4::jsonb) r
     WHERE EXISTS (SELECT 1 FROM "Sweep" w
       WHERE w.id = $3 AND w.attempt = $5 AND w.status = 'running')
     ORDER BY r.slice
     ON CONFLICT ("accountId", region, slice)
     DO UPDATE SET "${done}" = excluded."${done}", ${newest.join(', ')}`,
    [accountId, region, id, JSON.stringify(rows), attempt],
  )
}

/** Knows of each slice that a sweep goes over when it began with it, and whether it is through. */
export class OpenSlices {
  private readonly sliceOf = new Map<string, number>()
  private readonly open = new Map<number, { left: number; since: number }>()

  /** All keys of a slice at once: it is through when these are. */
  add(keys: readonly { arn: string; slice: number }[]): void {
    for (const { arn, slice } of keys) {
      this.sliceOf.set(arn, slice)
      const of = this.open.get(slice) ?? { left: 0, since: Number.POSITIVE_INFINITY }
      this.open.set(slice, { ...of, left: of.left + 1 })
    }
  }

  /** Before anything is asked about the key. */
  begin(arn: string, now: number): void {
    const of = this.open.get(this.sliceOf.get(arn) ?? -1)
    if (of) of.since = Math.min(of.since, now)
  }

  /** Once what was read of these keys is stored; returns the slices that are through. */
  end(arns: readonly string[]): SliceRead[] {
    return arns.flatMap((arn) => {
      const slice = this.sliceOf.get(arn)
      const of = slice === undefined ? undefined : this.open.get(slice)
      this.sliceOf.delete(arn)
      if (slice === undefined || !of || --of.left > 0) return []
      this.open.delete(slice)
      return [{ slice, since: new Date(of.since).toISOString() }]
    })
  }
}
