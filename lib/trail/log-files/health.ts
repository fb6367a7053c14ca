/** How sources of log files stand, one row for each account and Region that they bring. */
import 'server-only'
import { sql } from '../../db/client'
import { withinAccounts } from '../../db/scope'
import type { Scope } from '../../auth/permissions'
import type { SourceHealth } from '../source-health'
import { troubledStates } from './words'

const notRead = ['waiting', ...troubledStates]

type Row = {
  trailArn: string
  accountId: string
  region: string
  validates: boolean
  readFrom: Date
  readUntil: Date | null
  filesRead: number
  waiting: number
  troubled: number
  isListed: boolean
  isSilent: boolean
  isBehind: boolean
  sourceProblem: string | null
  sourceProblemAt: Date | null
  problem: string | null
  problemAt: Date | null
}

/** Rows of the accounts in scope. A source that found no folder yet stands at its trail's account. */
export async function readLogFilesHealth(scope: Scope): Promise<SourceHealth[]> {
  const rows = await sql.query<Row>(
    sql`SELECT s."trailArn", s."validates", s."readFrom", s."problem" AS "sourceProblem",
       s."problemAt" AS "sourceProblemAt",
       coalesce(p."accountId", split_part(s."trailArn", ':', 5)) AS "accountId",
       coalesce(p."region", split_part(s."trailArn", ':', 4)) AS "region",
       coalesce(f."oldest", greatest(p."newestAt", p."digestsUntil")) AS "readUntil",
       coalesce(p."filesRead", 0) AS "filesRead", coalesce(f."waiting", 0) AS "waiting",
       coalesce(f."troubled", 0) AS "troubled", p."listedAt" IS NOT NULL AS "isListed",
       -- A digest comes every hour, also where nothing happens; files do somewhere.
       coalesce(CASE WHEN s."validates" THEN p."digestsUntil" < now() - interval '4 hours'
         ELSE max(p."newestAt") OVER (PARTITION BY s."id") < now() - interval '1 day' END, false) AS "isSilent",
       coalesce(f."oldest" < now() - interval '1 hour', false) AS "isBehind",
       p."problem", p."problemAt"
     FROM "TrailLogSource" s LEFT JOIN "TrailLogPlace" p ON p."sourceId" = s."id"
     LEFT JOIN (SELECT f."placeId", min(f."deliveredAt") FILTER (WHERE f."state" = 'waiting')
           AS "oldest", count(*) FILTER (WHERE f."state" = 'waiting')::int AS "waiting",
         count(*) FILTER (WHERE f."state" <> 'waiting')::int AS "troubled"
       -- Most files are read, and none of those is looked at.
       FROM "TrailLogFile" f WHERE f."state" = ANY(${notRead}) GROUP BY f."placeId") f ON f."placeId" = p."id"
     WHERE ${withinAccounts(`coalesce(p."accountId", split_part(s."trailArn", ':', 5))`, scope)}
     ORDER BY 1, 6, 7`,
  )
  return rows.map(healthOf)
}

function healthOf(row: Row): SourceHealth {
  const { trailArn, accountId, region, filesRead, waiting, troubled } = row
  const text = row.sourceProblem ?? row.problem
  const at = row.sourceProblem === null ? row.problemAt : row.sourceProblemAt
  const number = (count: number) => count.toLocaleString('en')
  const words = [
    `${number(filesRead)} files`,
    waiting > 0 && `${number(waiting)} waiting`,
    troubled > 0 && `${number(troubled)} with problems`,
  ]
  return {
    name: trailArn,
    kind: 'logFiles',
    accountId,
    region,
    state: stateOf(row),
    readUntil: row.readUntil,
    problem: text !== null && at !== null ? { text, at } : null,
    cannotSee: listUnseen(row),
    progress: words.filter(Boolean).join(', '),
  }
}

function stateOf(row: Row): SourceHealth['state'] {
  if (row.sourceProblem !== null || row.problem !== null) return 'problem'
  if (!row.isListed) return 'reading'
  if (row.isBehind) return 'behind'
  if (row.isSilent) return 'silent'
  return row.waiting > 0 ? 'reading' : 'upToDate'
}

function listUnseen({ readFrom, validates, troubled }: Row): string[] {
  const day = readFrom.toISOString().slice(0, 10)
  return [
    `Log files delivered before ${day} are not read`,
    ...(validates ? [] : ['Without digests nobody can tell whether log files were altered']),
    ...(troubled > 0 ? [`${troubled} log files or digests have problems`] : []),
  ]
}
