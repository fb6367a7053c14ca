import 'server-only'
import { reachesAccount, scopeOf } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { readClock } from '../../db/clock'
import { sql } from '../../db/client'
import { withinAccounts } from '../../db/scope'
import type { KeyRow } from '../../inventory/key-detail'
import { asObject, memberOf, textOf, textsOf, type Json } from '../json'
import { resourceOf } from '../resources'
import type { ResourceOfKey, ResourcesOfKey } from './resource-of-key'
import { readTrailWindow, settledUntil } from '../window'

/** A page shows so many of each; who wants all of them asks the trail. */
const most = 500
const dayMs = 86_400_000
/** How far back gaps are looked for. */
const windowDays = 365

type Seen = {
  kind: string
  id: string
  firstAt: Date
  lastAt: Date
  operations: string[]
}
type Named = { kind: string; id: string; grants: number; grantedAt: Date | null }
type Constrained = { constraints: unknown; grants: number; grantedAt: Date | null }

type Key = Pick<KeyRow, 'arn' | 'accountId' | 'region' | 'createdAt'>

/**
 * The resources that a key is bound to: those that successful calls were made for, as the records
 * of accounts in the person's scope say, and those that grants in force name.
 */
export async function readResourcesOfKey(
  permit: Permit<'trail.read'>,
  key: Key,
): Promise<ResourcesOfKey> {
  const grantScope = scopeOf(permit.actor.assigned, 'grants.read')
  const seesGrants = reachesAccount(grantScope, key.accountId)
  const now = await readClock()
  const [seen, constrained, window] = await Promise.all([
    readSeen(permit, key.arn),
    seesGrants ? readConstrained(key.arn) : null,
    readTrailWindow(key, windowStart(key, now), settledUntil(now)),
  ])
  return {
    resources: merge(seen.slice(0, most), constrained && namedIn(constrained.slice(0, most))),
    isCut: seen.length > most || (constrained?.length ?? 0) > most,
    window,
  }
}

/** When the trail of a key begins for a page: at its creation, a year ago at most. */
export function windowStart({ createdAt }: Pick<KeyRow, 'createdAt'>, now: Date): Date {
  const yearAgo = now.getTime() - windowDays * dayMs
  return new Date(Math.min(Math.max(yearAgo, Date.parse(createdAt ?? '') || 0), now.getTime()))
}

const readSeen = ({ scope }: Permit<'trail.read'>, keyArn: string): Promise<Seen[]> =>
  sql.query<Seen>(
    sql`SELECT b.resource_kind AS kind, b.resource AS id, min(b.first_at) AS "firstAt",
       max(b.last_at) AS "lastAt", array_agg(DISTINCT b.operation ORDER BY b.operation) AS operations
     FROM trail.bound b
     WHERE b.key_arn = ${keyArn} AND ${withinAccounts('b.account_id', scope)}
     GROUP BY 1, 2 ORDER BY max(b.last_at) DESC, 1, 2 LIMIT ${most + 1}`,
  )

/** Grants by what they are constrained to: a key can have thousands that say the same. */
const readConstrained = (keyArn: string): Promise<Constrained[]> =>
  sql.query<Constrained>(
    sql`SELECT g.constraints, count(*) AS grants, min(g."createdAt") AS "grantedAt" FROM "Grant" g
     WHERE g."keyArn" = ${keyArn} AND g."goneAt" IS NULL AND g.constraints IS NOT NULL
     GROUP BY 1 ORDER BY max(g."createdAt") DESC NULLS LAST, 1 LIMIT ${most + 1}`,
  )

/** The resource that the constraints of a grant name: by encryption context, or as its source. */
function resourceOfConstraints(constraints: unknown) {
  const object: Json = asObject(constraints)
  const context = textsOf(
    memberOf(object, 'EncryptionContextSubset') ?? memberOf(object, 'EncryptionContextEquals'),
  )
  const source = textOf(object, 'SourceArn')
  return (context && resourceOf(context)) ?? (source ? { kind: 'Source ARN', id: source } : null)
}

function namedIn(constrained: readonly Constrained[]): Named[] {
  const found = new Map<string, Named>()
  for (const { constraints, grants, grantedAt } of constrained) {
    const resource = resourceOfConstraints(constraints)
    if (!resource) continue
    const name = JSON.stringify([resource.kind, resource.id])
    const before = found.get(name)
    found.set(name, {
      ...resource,
      grants: grants + (before?.grants ?? 0),
      grantedAt: earlier(grantedAt, before?.grantedAt ?? null),
    })
  }
  return [...found.values()]
}

const earlier = (one: Date | null, other: Date | null) =>
  one === null || (other !== null && other < one) ? other : one

/** Resources by use, the last used first; then those that only grants name, the newest first. */
function merge(seen: readonly Seen[], named: readonly Named[] | null): ResourceOfKey[] {
  const left = new Map((named ?? []).map((one) => [JSON.stringify([one.kind, one.id]), one]))
  const used = seen.map(({ operations, firstAt, lastAt, kind, id }): ResourceOfKey => {
    const name = JSON.stringify([kind, id])
    const grant = left.get(name)
    left.delete(name)
    return {
      kind,
      id,
      firstAt: firstAt.toISOString(),
      lastAt: lastAt.toISOString(),
      operations: operations.filter((operation) => operation !== 'CreateGrant'),
      ...grantsOf(named, grant),
    }
  })
  const rest = [...left.values()].map(
    (one): ResourceOfKey => ({
      kind: one.kind,
      id: one.id,
      firstAt: null,
      lastAt: null,
      operations: [],
      ...grantsOf(named, one),
    }),
  )
  return [...used, ...rest]
}

const grantsOf = (named: readonly Named[] | null, grant: Named | undefined) => ({
  grants: named === null ? null : (grant?.grants ?? 0),
  grantedAt: grant?.grantedAt?.toISOString() ?? null,
})
