import 'server-only'
import { sql, type Queryable } from '../../db/client'
import { AppError } from '../../errors'
import { plain } from '../../inventory/plain'
import { parseKeyArn } from '../../kms/arn'
import { readTrailWindow } from '../../trail/window'
import {
  periodOf,
  type ChangeMade,
  type Content,
  type Covered,
  type Mutation,
  type Network,
  type Parameters,
  type Use,
} from './content'

/** A report of more lines nobody reads: it is narrowed first. */
const mostLines = 20_000
/** Of more calls than these, from where each came is not looked at. */
const mostEvents = 500_000

type Period = { keys: string; from: Date; until: Date }

/**
 * Finds what a usage audit says. The same events, changes and coverage give the same content,
 * whenever it is asked for. Only the records of the account of each key count: AWS tells it of every
 * call that was let in, and the caller's account has a record of the same call.
 * @throws AppError invalid for more than a report can hold, conflict while hours wait to be counted.
 */
export async function readContent(from: Queryable, parameters: Parameters): Promise<Content> {
  const keys = parameters.keyArns.flatMap((arn) => {
    const place = parseKeyArn(arn)
    return place ? [{ arn, ...place }] : []
  })
  const [start, end] = periodOf(parameters)
  const period = { keys: JSON.stringify(keys), from: start, until: end }
  await requireCounted(from, [...new Set(keys.map(({ accountId }) => accountId))], period)
  const uses = await readUses(from, period)
  const calls = uses.reduce((sum, use) => sum + use.calls, 0)
  return {
    version: 1,
    parameters,
    coverage: await readCoverage(from, keys, period),
    uses,
    networks: calls > mostEvents ? null : await readNetworks(from, period),
    changes: await readChanges(from, parameters.keyArns, period),
    mutations: await readMutations(from, period),
  }
}

/** Rollups of hours that are marked are not what events say by now. */
async function requireCounted(from: Queryable, accounts: string[], period: Period) {
  const [row] = await from.query<{ hours: number }>(
    sql`SELECT count(DISTINCT (account_id, region, hour)) AS hours FROM trail.dirty_hour
     WHERE account_id = ANY(${accounts}::text[]) AND hour >= ${period.from} AND hour < ${period.until}`,
  )
  if (row && row.hours > 0)
    throw new AppError(
      'conflict',
      `Events of ${row.hours} hours of this period came just now and are being counted. Try again in a minute.`,
    )
}

function atMost<Row>(rows: Row[], what: string): Row[] {
  if (rows.length > mostLines)
    throw new AppError(
      'invalid',
      `There are more than ${mostLines.toLocaleString('en')} ${what}. Choose fewer keys or a shorter period.`,
    )
  return rows
}

const keysOf = ({ keys }: Period) =>
  sql`json_to_recordset(${keys}::json) k("arn" text, "accountId" text)`

const readCoverage = async (
  from: Queryable,
  keys: readonly { accountId: string; region: string }[],
  period: Period,
): Promise<Covered[]> => {
  const places = new Map(
    keys.map(({ accountId, region }) => [`${accountId} ${region}`, { accountId, region }]),
  )
  const found: Covered[] = []
  for (const [, place] of [...places].sort(([a], [b]) => (a < b ? -1 : 1)))
    found.push({
      ...place,
      window: await readTrailWindow(place, period.from, period.until, from),
    })
  return found
}

type StoredUse = Omit<Use, 'firstAt' | 'lastAt'> & { firstAt: Date; lastAt: Date }

async function readUses(from: Queryable, period: Period): Promise<Use[]> {
  const rows = await from.query<StoredUse>(
    sql`SELECT u.key_arn AS key, u.principal_kind AS "principalKind", u.principal, u.operation, u.via,
       u.resource_kind AS "resourceKind", u.resource, u.outcome, u.error_code AS error,
       sum(u.events)::bigint AS calls, min(u.first_at) AS "firstAt", max(u.last_at) AS "lastAt"
     FROM ${keysOf(period)}
     JOIN trail.use u ON lower(u.key_arn) = lower(k."arn") AND u.account_id = k."accountId"
     WHERE u.hour >= ${period.from} AND u.hour < ${period.until}
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
     LIMIT ${mostLines + 1}`,
  )
  return atMost(rows, 'lines of use').map(plain)
}

async function readNetworks(from: Queryable, period: Period): Promise<Network[]> {
  const rows = await from.query<Network>(
    sql`SELECT e.key_arn AS key, e.principal, e.source_ip AS "sourceIp",
       e.vpc_endpoint AS "vpcEndpoint", count(*) AS calls
     FROM ${keysOf(period)}
     JOIN trail.event e ON lower(e.key_arn) = lower(k."arn") AND e.account_id = k."accountId"
     WHERE e.occurred_at >= ${period.from} AND e.occurred_at < ${period.until}
     GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 LIMIT ${mostLines + 1}`,
  )
  return atMost(rows, 'lines of networks')
}

type StoredChange = Omit<ChangeMade, 'appliedAt'> & { appliedAt: Date }

async function readChanges(
  from: Queryable,
  keyArns: readonly string[],
  period: Period,
): Promise<ChangeMade[]> {
  const rows = await from.query<StoredChange>(
    sql`SELECT c."keyArn" AS key, 'R-' || r."number" AS request, r."id" AS "requestId", c."kind",
       c."title", r."requesterName" AS "requestedBy", r."breakGlass", c."appliedAt",
       (SELECT coalesce(json_agg(json_build_object('by', a."personName", 'decision', a."decision",
         'at', to_char(a."at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
         ORDER BY a."at", a."id"), '[]') FROM "Approval" a WHERE a."changeId" = c."id") AS approvals
     FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
     WHERE c."keyArn" = ANY(${keyArns}::text[])
       AND c."appliedAt" >= ${period.from} AND c."appliedAt" < ${period.until}
     ORDER BY c."appliedAt", c."id" LIMIT ${mostLines + 1}`,
  )
  return atMost(rows, 'changes').map(plain)
}

type StoredMutation = Omit<Mutation, 'at'> & { at: Date }

async function readMutations(from: Queryable, period: Period): Promise<Mutation[]> {
  const rows = await from.query<StoredMutation>(
    sql`SELECT e.key_arn AS key, e.occurred_at AS at, e.operation, e.principal, e.session,
       e.account_id AS account, e.event_id AS event
     FROM ${keysOf(period)}
     JOIN trail.event e ON lower(e.key_arn) = lower(k."arn") AND e.account_id = k."accountId"
     WHERE NOT e.is_use AND NOT e.read_only AND e.outcome = 'success'
       AND e.occurred_at >= ${period.from} AND e.occurred_at < ${period.until}
     ORDER BY e.occurred_at, e.event_id LIMIT ${mostLines + 1}`,
  )
  return atMost(rows, 'changes in CloudTrail').map(plain)
}
