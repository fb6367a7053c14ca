import 'server-only'
import type { Scope } from '../auth/permissions'
import type { Permit } from '../auth/permit'
import { raw, sql } from '../db/client'
import { withinAccounts } from '../db/scope'
import { AppError } from '../errors'
import { plain, type Plain } from '../inventory/plain'
import type { Filter } from '../table/filter'
import { countFacets, readRows, sqlSource } from '../table-source/sql-source'
import type { TableSource } from '../table-source/source'
import { countableByDays, countsSql } from './counts/counts-sql'
import { eventsFor, eventsSql, rollupsSql, shown, unknownToRollups } from './events-sql'
import type { EventFacts, EventRow } from './event-row'
import { eventsTable } from './events-table'
import { readUnseen } from './sources'
import type { Unseen } from './unseen'

/** As the database gives it: a time is none of JSON's. */
type Stored<Row extends EventRow> = Omit<Row, 'time'> & { time: Date }

/** A download holds its rows' names in memory while it is written. */
const mostDownloaded = 100_000

const whole = sqlSource<'trail.read'>(eventsTable, eventsSql, shown)

/**
 * What the counts of days and months are divided by is counted by them; what rollups know, by rollups;
 * the rest, and any text, by the events.
 */
function count(filter: Filter, scope: Scope) {
  const byDays = countableByDays(filter)
  if (byDays)
    return countFacets(eventsTable, countsSql(byDays.days), scope, { filter: byDays.rest })
  const table = unknownToRollups(filter).length === 0 ? rollupsSql : eventsFor(filter)
  return countFacets(eventsTable, table, scope, { filter })
}

/**
 * The events of the accounts in the person's scope: those whose records AWS delivered to them. Of a
 * call between two accounts each sees its own record.
 */
export const eventsSource: TableSource<'trail.read', EventRow, { unseen: Unseen }> = {
  definition: eventsTable,
  async read(permit, state) {
    const { scope } = permit
    const [rows, counted, unseen] = await Promise.all([
      readRows<Stored<EventRow>>(eventsFor(state.filter), shown, scope, state),
      count(state.filter, scope),
      readUnseen(permit),
    ])
    return { rows: rows.map(plain), ...counted, unseen }
  },
  download: whole.download && {
    fileName: whole.download.fileName,
    async rows(permit, state, format) {
      const { total } = await count(state.filter, permit.scope)
      if (total > mostDownloaded)
        throw new AppError(
          'invalid',
          `A download holds at most ${mostDownloaded.toLocaleString('en')} events, and the filter ` +
            `finds ${total.toLocaleString('en')}. Narrow it, by time or by key.`,
        )
      if (!whole.download) throw new Error('The table has no download.')
      return whole.download.rows(permit, state, format)
    },
  },
}

/** What the page of one event shows besides its row. */
const eventColumns = `${shown}, r.more_keys AS "moreKeys", r.principal_account AS "principalAccount",
  r.source_identity AS "sourceIdentity", r.error_message AS "errorMessage",
  r.grant_facts AS "grant", r.context, r.shared_id AS shared, r.tls_cipher AS "tlsCipher", r.record`

export type EventPlace = { account: string; event: string }
export type OneEvent = {
  event: EventFacts
  /** The same call as another account in the person's scope saw it. */
  others: readonly EventPlace[]
}

/** @throws AppError not_found for an event of an account out of scope, as for one that is not there. */
export async function getEvent(
  { scope }: Permit<'trail.read'>,
  { account, event: eventId }: EventPlace,
): Promise<OneEvent> {
  const inScope = withinAccounts('r.account_id', scope)
  const [found] = await sql.query<Stored<EventFacts>>(
    sql`SELECT ${raw(eventColumns)} FROM trail.event r
     WHERE r.event_id = ${eventId} AND r.account_id = ${account} AND ${inScope}`,
  )
  if (!found) throw new AppError('not_found', 'There is no such event among those you can see.')
  const others = await sql.query<EventPlace>(
    sql`SELECT r.account_id AS account, r.event_id AS event FROM trail.event r
     WHERE r.shared_id = ${found.shared} AND r.account_id <> ${account} AND ${inScope}
     ORDER BY 1 LIMIT 5`,
  )
  const event: Plain<Stored<EventFacts>> = plain(found)
  return { event, others }
}
