/** How sources of log files stand, for the page of sources and for what an answer could not see. */
import 'server-only'
import { sql } from '../../db/client'
import { withinAccounts, type Scope } from '../../db/scope'
import { accountOfArn } from '../../kms/arn'
import type { SourceHealth } from '../source-health'
import { trailHome } from './names'
import { troubledStates } from './words'

type Row = {
  trailArn: string
  validates: boolean
  readFrom: Date
  sourceProblem: string | null
  sourceProblemAt: Date | null
  folders: number
  filesRead: number
  waiting: number
  troubled: number
  unlisted: number
  silent: number
  /** The first delivery that waits; null: none does. */
  oldest: Date | null
  newest: Date | null
  isBehind: boolean
  /** Whether it was read which events its selectors take. */
  isSelectionKnown: boolean
  problem: string | null
  problemAt: Date | null
}

const notRead = ['waiting', ...troubledStates]

/** One row for each trail, summed over its folders of the accounts in scope. */
export async function listLogFilesHealth(scope: Scope): Promise<SourceHealth[]> {
  const rows = await sql.query<Row>(
    sql`SELECT s."trailArn", s."validates", s."readFrom", s."problem" AS "sourceProblem",
       s."problemAt" AS "sourceProblemAt", count(p."id")::int AS "folders",
       coalesce(sum(p."filesRead"), 0)::int AS "filesRead",
       coalesce(sum(f."waiting"), 0)::int AS "waiting",
       coalesce(sum(f."troubled"), 0)::int AS "troubled",
       count(p."id") FILTER (WHERE p."listedAt" IS NULL)::int AS "unlisted",
       -- A digest comes every hour, also where nothing happens; without them, a file each day.
       count(p."id") FILTER (WHERE CASE WHEN s."validates"
         THEN p."digestsUntil" < now() - interval '4 hours'
         ELSE p."newestAt" < now() - interval '1 day' END)::int AS "silent",
       min(f."oldest") AS "oldest", max(greatest(p."newestAt", p."digestsUntil")) AS "newest",
       coalesce(min(f."oldest") < now() - interval '1 hour', false) AS "isBehind",
       EXISTS (SELECT 1 FROM "AwsTrail" t WHERE t."arn" = s."trailArn" AND t."kms" IS NOT NULL)
         AS "isSelectionKnown",
       min(p."problem") AS "problem", max(p."problemAt") AS "problemAt"
     FROM "TrailLogSource" s LEFT JOIN "TrailLogPlace" p ON p."sourceId" = s."id"
     LEFT JOIN (SELECT f."placeId", min(f."deliveredAt") FILTER (WHERE f."state" = 'waiting')
           AS "oldest", count(*) FILTER (WHERE f."state" = 'waiting')::int AS "waiting",
         count(*) FILTER (WHERE f."state" <> 'waiting')::int AS "troubled"
       -- Most files are read, and none of those is looked at.
       FROM "TrailLogFile" f WHERE f."state" = ANY(${notRead}) GROUP BY f."placeId") f
       ON f."placeId" = p."id"
     WHERE ${withinAccounts(`coalesce(p."accountId", split_part(s."trailArn", ':', 5))`, scope)}
     GROUP BY s."id" ORDER BY 1`,
  )
  return rows.map(healthOf)
}

const number = (count: number) => count.toLocaleString('en')

function healthOf(row: Row): SourceHealth {
  const { trailArn, folders, filesRead, waiting, troubled } = row
  const text = row.sourceProblem ?? row.problem
  const at = row.sourceProblem === null ? row.problemAt : row.sourceProblemAt
  const words = [
    `${number(filesRead)} files of ${number(folders)} accounts × Regions`,
    waiting > 0 && `${number(waiting)} waiting`,
    troubled > 0 && `${number(troubled)} with problems`,
  ]
  return {
    name: trailArn,
    kind: 'logFiles',
    accountId: accountOfArn(trailArn),
    region: trailHome(trailArn),
    state: stateOf(row),
    readUntil: row.oldest ?? row.newest,
    problem: text !== null && at !== null ? { text, at } : null,
    cannotSee: listUnseen(row),
    progress: words.filter(Boolean).join(', '),
  }
}

function stateOf(row: Row): SourceHealth['state'] {
  if (row.sourceProblem !== null || row.problem !== null) return 'problem'
  if (row.folders === 0 || row.unlisted > 0) return 'reading'
  if (row.isBehind) return 'behind'
  if (row.silent === row.folders) return 'silent'
  return row.waiting > 0 ? 'reading' : 'upToDate'
}

function listUnseen(row: Row): string[] {
  const { readFrom, validates, troubled, silent, folders, isSelectionKnown } = row
  const day = readFrom.toISOString().slice(0, 10)
  const isPartlySilent = validates && silent > 0 && silent < folders
  return [
    `Log files delivered before ${day} are not read.`,
    ...(isSelectionKnown ? [] : ['Whether its event selectors exclude KMS is not known.']),
    ...(validates ? [] : ['Without digests nobody can tell whether log files were altered.']),
    ...(troubled > 0 ? [`${number(troubled)} log files or digests have problems.`] : []),
    ...(isPartlySilent
      ? [`${number(silent)} accounts × Regions delivered no digest for four hours.`]
      : []),
  ]
}
