import 'server-only'
import { sql } from '../../db/client'
import { readWallClock } from '../../db/clock'
import { withinAccounts, type Scope } from '../../db/scope'
import { env } from '../../env'
import { sweptAccount, sweptRegion } from '../../sweep/queue'
import type { SourceHealth } from '../source-health'
import { changeNames } from './filters'
import { nameOfSource, spanOf, unread, type Span, type What } from './state'
import { progressOf, stateOf, unseenOf, wordsOfProblem, type LookupFacts } from './words'

type Row = { accountId: string; region: string } & Omit<
  LookupFacts,
  'changesWanted' | 'eventsWanted'
>

const secondsOf = ({ from, to }: Span) => Math.max(0, (to.getTime() - from.getTime()) / 1_000)
const left = (what: What, span: Span) => sql`(SELECT coalesce(sum(extract(epoch
  FROM upper(r) - lower(r))), 0)::float8 FROM unnest(${unread(what, span)}) r)`

/** How LookupEvents stands at each account and Region that is swept. */
export async function listLookupHealth(scope: Scope): Promise<SourceHealth[]> {
  const nowMs = (await readWallClock()).getTime()
  const [changes, events] = [spanOf('changes', nowMs), spanOf('events', nowMs)]
  const rows = await sql.query<Row>(
    sql`SELECT g."accountId", g.region, l.account_id IS NOT NULL AS "hasBegun", l.problem,
       l.polled_at AS "polledAt", upper(l.changes_read) AS "changesUntil", l.speed, l.rate,
       jsonb_array_length(l.step->'done') AS "namesDone",
       ${left('changes', changes)} AS "changesLeft", ${left('events', events)} AS "eventsLeft"
     FROM "AccountRegion" g JOIN "Account" a ON a.id = g."accountId"
     LEFT JOIN trail.lookup l ON l.account_id = g."accountId" AND l.region = g.region
     WHERE ${sweptAccount} AND ${sweptRegion} AND ${withinAccounts('g."accountId"', scope)}`,
  )
  const untold = await countUntold(scope)
  const isOff = env().CLAVIGER_TRAIL_LOOKUP_DAYS === 0
  return rows.map((row): SourceHealth => {
    const facts = { ...row, changesWanted: secondsOf(changes), eventsWanted: secondsOf(events) }
    const { problem, region, accountId } = facts
    return {
      name: nameOfSource(row),
      kind: 'lookup',
      accountId,
      region,
      state: isOff ? 'off' : stateOf(facts, nowMs),
      readUntil: facts.changesUntil,
      problem:
        problem && !isOff
          ? { text: wordsOfProblem(problem, region), at: new Date(problem.at) }
          : null,
      cannotSee: isOff ? [] : unseenOf(facts, untold.get(nameOfSource(row)) ?? 0),
      progress: isOff ? 'Off: CLAVIGER_TRAIL_LOOKUP_DAYS=0' : progressOf(facts, changeNames.length),
    }
  })
}

/**
 * By source: how many keys a sweep found changed, over a time of which every change is here, though
 * none of these is about the key.
 */
async function countUntold(scope: Scope): Promise<ReadonlyMap<string, number>> {
  const rows = await sql.query<{ accountId: string; region: string; keys: number }>(
    sql`SELECT f."accountId", f.region, count(DISTINCT f."keyArn") AS keys
     FROM "FoundChange" f
     JOIN trail.lookup l ON l.account_id = f."accountId" AND l.region = f.region
     WHERE l.changes_read @> tstzrange(f.since - interval '2 minutes', f."foundAt", '[]')
       AND ${withinAccounts('f."accountId"', scope)}
       AND NOT EXISTS (SELECT 1 FROM trail.event e
         WHERE NOT e.is_use AND NOT e.read_only
           AND e.occurred_at BETWEEN f.since - interval '2 minutes' AND f."foundAt"
           AND (lower(e.key_arn) = lower(f."keyArn") OR e.more_keys @> ARRAY[f."keyArn"]))
     GROUP BY 1, 2`,
  )
  return new Map(rows.map((row) => [nameOfSource(row), row.keys]))
}
