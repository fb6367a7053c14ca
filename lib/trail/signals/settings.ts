import 'server-only'
import { appendAudit } from '../../audit/append'
import type { AuditEventName } from '../../audit/events'
import type { Permit } from '../../auth/permit'
import { readClock } from '../../db/clock'
import { sql, transaction } from '../../db/client'
import { AppError } from '../../errors'
import { plain, type Plain } from '../../inventory/plain'
import { storableText } from '../../storable'
import { thresholdOf } from './evaluate'
import { findEpisodes, lastDays, type Episode } from './find'
import { signals } from './list'
import { readSettings } from './read-settings'
import type { Signal, Threshold } from './signal'

export type SignalRow = {
  name: string
  title: string
  lead: string
  /** Null: nothing to set. */
  threshold: (Threshold & { value: number }) | null
  /** Null: it is not muted now. */
  mutedUntil: string | null
  muteReason: string | null
  lastToldAt: string | null
  /** In 30 days. */
  told: number
}

const days = 30

/** Every signal, as it is set and as it told. */
export async function listSignals(_: Permit<'settings.read'>): Promise<SignalRow[]> {
  const [settings, now, told] = await Promise.all([
    readSettings(),
    readClock(),
    sql.query<{ signal: string; lastToldAt: Date; told: number }>(
      sql`SELECT "signal", max("toldAt") AS "lastToldAt", count(*) FILTER (
         WHERE "toldAt" > claviger_now() - make_interval(days => ${days}::int))::int AS "told"
       FROM "SignalEpisode" WHERE "toldAt" IS NOT NULL GROUP BY 1`,
    ),
  ])
  return signals.map((signal) => {
    const { name, title, lead, threshold } = signal
    const set = settings.get(name)
    const history = told.find((one) => one.signal === name)
    const isMuted = set?.mutedUntil != null && set.mutedUntil > now
    return {
      name,
      title,
      lead,
      threshold: threshold && { ...threshold, value: thresholdOf(signal, set) },
      mutedUntil: isMuted ? (set.mutedUntil?.toISOString() ?? null) : null,
      muteReason: isMuted ? set.muteReason : null,
      lastToldAt: history?.lastToldAt.toISOString() ?? null,
      told: history?.told ?? 0,
    }
  })
}

/** Episodes that a preview lists. */
const mostShown = 200

export type Preview = { episodes: Plain<Episode>[]; total: number }

/** What a signal would have said in the last 30 days, with a threshold that need not be set yet. */
export async function previewSignal(
  _: Permit<'settings.read'>,
  { name, threshold }: { name: string; threshold: number | null },
): Promise<Preview> {
  const signal = signalOf(name)
  const value = threshold ?? signal.threshold?.standard ?? 0
  if (threshold !== null) requireBounds(signal, threshold)
  const episodes = await findEpisodes(signal, value, lastDays(days, await readClock()))
  return { episodes: plain(episodes.slice(0, mostShown)), total: episodes.length }
}

function signalOf(name: string): Signal {
  const signal = signals.find((one) => one.name === name)
  if (!signal) throw new AppError('not_found', 'There is no such signal.')
  return signal
}

const fieldError = (field: string, words: string) =>
  new AppError('invalid', 'Check the highlighted fields.', { fields: { [field]: [words] } })

function requireBounds({ threshold }: Signal, value: number): Threshold {
  if (!threshold) throw fieldError('threshold', 'This signal has no threshold.')
  if (value < threshold.least || value > threshold.most)
    throw fieldError(
      'threshold',
      `From ${threshold.least} to ${threshold.most.toLocaleString('en')}.`,
    )
  return threshold
}

/** @throws AppError invalid beyond the bounds. */
export async function setThreshold(
  permit: Permit<'trail.manage'>,
  { name, threshold }: { name: string; threshold: number },
): Promise<void> {
  const { standard } = requireBounds(signalOf(name), threshold)
  const before = (await readSettings()).get(name)?.threshold ?? standard
  await change(permit, name, { threshold }, 'signal.changed', { threshold, before })
}

/**
 * Tells nothing that is found until then: neither now nor afterwards.
 * @throws AppError invalid for an end that is over, or beyond a year.
 */
export async function muteSignal(
  permit: Permit<'trail.manage'>,
  { name, until, reason }: { name: string; until: string; reason: string },
): Promise<void> {
  signalOf(name)
  const mutedUntil = new Date(until)
  const leftMs = mutedUntil.getTime() - (await readClock()).getTime()
  if (leftMs <= 0) throw fieldError('until', 'That is over already.')
  if (leftMs > 366 * 86_400_000) throw fieldError('until', 'At most a year.')
  const set = { mutedUntil, muteReason: storableText(reason) }
  await change(permit, name, set, 'signal.muted', { until, reason })
}

export async function unmuteSignal(
  permit: Permit<'trail.manage'>,
  { name }: { name: string },
): Promise<void> {
  signalOf(name)
  await change(permit, name, { mutedUntil: null, muteReason: null }, 'signal.unmuted', {})
}

type Changed = { threshold?: number; mutedUntil?: Date | null; muteReason?: string | null }

async function change(
  { actor }: Permit<'trail.manage'>,
  name: string,
  set: Changed,
  event: AuditEventName,
  data: Record<string, unknown>,
): Promise<void> {
  await transaction(async (tx) => {
    await tx.signalSetting.upsert({ where: { name }, create: { name, ...set }, update: set })
    await appendAudit(tx, { event, actor, data: { signal: name, ...data } })
  })
}
