import 'server-only'
import { readClock } from '../../db/clock'
import { sql, transaction, type Tx } from '../../db/client'
import { listHolders } from '../../auth/holders'
import { log } from '../../log'
import { notify } from '../../notify/notify'
import { hrefOfEvents } from '../usage/links'
import { findEpisodes, lastDays, type Episode } from './find'
import { signals } from './list'
import { readSettings, type Setting } from './read-settings'
import type { Signal } from './signal'

/** What is older when it is found is not told: reading backward must not ring for weeks. */
const lookedAtDays = 2

/**
 * Looks for what each signal says of the last days, and tells what was not found before. What one
 * signal fails at does not keep the others from looking.
 * @throws what failed last, once all have looked.
 */
export async function evaluateSignals(stop?: AbortSignal): Promise<void> {
  const settings = await readSettings()
  const span = lastDays(lookedAtDays, await readClock())
  let failure: unknown = null
  for (const signal of signals) {
    if (stop?.aborted) break
    const setting = settings.get(signal.name)
    try {
      const found = await findEpisodes(signal, thresholdOf(signal, setting), span)
      if (found.length > 0) await transaction((tx) => note(tx, signal, found))
    } catch (error) {
      log.error({ err: error, signal: signal.name }, 'a signal could not look')
      failure = error
    }
  }
  if (failure !== null) throw failure
}

export const thresholdOf = ({ threshold }: Signal, setting: Setting | undefined): number =>
  setting?.threshold ?? threshold?.standard ?? 0

/** Whether it is muted is asked when it is noted: who mutes it now is told nothing more. */
async function note(tx: Tx, signal: Signal, found: readonly Episode[]): Promise<void> {
  const { name } = signal
  const rows = found.map(({ accountId, episode }) => ({ accountId, episode }))
  const fresh = await tx.query<{ accountId: string; episode: string; isTold: boolean }>(
    sql`INSERT INTO "SignalEpisode" ("signal", "accountId", "episode", "foundAt", "toldAt")
     SELECT ${name}, g."accountId", g."episode", claviger_now(), CASE WHEN NOT EXISTS (
         SELECT FROM "SignalSetting" s WHERE s."name" = ${name} AND s."mutedUntil" > claviger_now())
       THEN claviger_now() END
     FROM json_to_recordset(${JSON.stringify(rows)}::json) g("accountId" text, "episode" text)
     ORDER BY 2, 3 ON CONFLICT DO NOTHING
     RETURNING "accountId", "episode", "toldAt" IS NOT NULL AS "isTold"`,
  )
  const told = new Set(
    fresh.flatMap(({ isTold, accountId, episode }) => (isTold ? [`${accountId} ${episode}`] : [])),
  )
  const byAccount = new Map<string, Episode[]>()
  for (const one of found)
    if (told.has(`${one.accountId} ${one.episode}`))
      byAccount.set(one.accountId, [...(byAccount.get(one.accountId) ?? []), one])
  for (const some of byAccount.values()) await tell(tx, signal, some)
}

/** Lines of a notice. */
const mostLines = 5

/** One notice for an account, whatever was found there. */
async function tell(tx: Tx, { title }: Signal, found: readonly Episode[]): Promise<void> {
  const [first] = found
  if (!first) return
  const { accountId, accountName } = first
  const lines = found.slice(0, mostLines).map(({ text }) => text)
  const more = found.length - lines.length
  const since = (found.at(-1) ?? first).at.toISOString()
  await notify(tx, {
    event: 'signal.found',
    requestId: null,
    title: `${title}: ${accountName}`,
    body: [...lines, ...(more > 0 ? [`${more} more.`] : [])].join('\n'),
    href: found.length === 1 ? first.href : hrefOfEvents({ account: accountId, since }),
    to: await listHolders(tx, 'trail.read', accountId),
    needsAction: false,
  })
}
