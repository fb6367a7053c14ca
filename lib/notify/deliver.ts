import 'server-only'
import { sql } from '../db/client'
import { log } from '../log'
import { SendProblem } from './problem'
import { send, type Outgoing } from './send'

type Claimed = Outgoing & { attempt: number; tries: number }

/** Longer than any sending may take, so that a message is sent twice only when its worker died. */
const leaseSeconds = 60
const sendTimeoutMs = 45_000

/**
 * Pauses after each failed try, about a day in all; then it has failed and
 * the settings page shows it.
 */
export const pausesSeconds: readonly number[] = [
  10, 30, 120, 600, 1_800, 3_600, 7_200, 10_800, 14_400, 14_400, 14_400, 14_400,
]

/** Apart, so that webhooks that hang never hold up e-mail, nor the other way round. */
const lanes: readonly { channels: readonly string[]; width: number }[] = [
  { channels: ['email'], width: 5 },
  { channels: ['webhook', 'slack'], width: 15 },
]

/** Takes messages that are due or whose worker is gone, those never tried first. */
async function claimDeliveries(channels: readonly string[], max: number): Promise<Claimed[]> {
  return sql.query<Claimed>(
    `UPDATE "Delivery" d SET "attempt" = d."attempt" + 1, "leaseUntil" = now() + interval '${leaseSeconds} seconds'
     WHERE d."id" IN (
       SELECT c."id" FROM "Delivery" c WHERE c."status" = 'queued' AND c."channel" = ANY($1)
         AND c."nextTryAt" <= now() AND coalesce(c."leaseUntil" < now(), true)
       ORDER BY c."tries", c."nextTryAt" LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING d."id", d."channel", d."target", d."event", d."requestId", d."payload",
       d."createdAt", d."attempt", d."tries"`,
    [channels, max],
  )
}

/** Each end counts only for the attempt that reached it: a slow worker concludes nothing. */
async function deliver(claimed: Claimed): Promise<void> {
  const { id, attempt, channel, target, event } = claimed
  try {
    await within(sendTimeoutMs, send(claimed))
  } catch (error) {
    const problem =
      error instanceof SendProblem
        ? error
        : new SendProblem('Sending failed on our side; the log says why.', false, { cause: error })
    await noteFailure(claimed, problem)
    return
  }
  const settled = await sql.execute(
    `UPDATE "Delivery" SET "status" = 'sent', "sentAt" = now(), "tries" = "tries" + 1,
      "leaseUntil" = NULL, "problem" = NULL
      WHERE "id" = $1 AND "attempt" = $2 AND "status" = 'queued'`,
    [id, attempt],
  )
  if (settled === 0)
    log.warn(
      { delivery: id, channel, target, event },
      'a message went out after its lease had ended and may arrive twice',
    )
}

async function noteFailure(
  { id, attempt, tries, channel, target, event }: Claimed,
  problem: SendProblem,
): Promise<void> {
  const pause = problem.isFinal ? undefined : pausesSeconds[tries]
  const jittered = pause === undefined ? 0 : pause * (0.9 + Math.random() * 0.2)
  await sql.execute(
    `UPDATE "Delivery" SET "status" = $3, "tries" = "tries" + 1, "leaseUntil" = NULL,
      "problem" = $4, "nextTryAt" = now() + make_interval(secs => $5)
     WHERE "id" = $1 AND "attempt" = $2 AND "status" = 'queued'`,
    [id, attempt, pause === undefined ? 'failed' : 'queued', problem.message, jittered],
  )
  log.warn(
    {
      delivery: id,
      channel,
      target,
      event,
      tries: tries + 1,
      gaveUp: pause === undefined,
      err: problem,
    },
    'a message did not arrive',
  )
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SendProblem('Sending took too long.')), ms)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** Claims messages while there is room and sends them; `settled` waits for those under way. */
export function makeDeliverLoop() {
  const running = lanes.map(() => new Set<Promise<void>>())
  return {
    async claim(): Promise<void> {
      for (const [index, { channels, width }] of lanes.entries()) {
        const lane = running[index] ?? new Set()
        if (lane.size >= width) continue
        for (const claimed of await claimDeliveries(channels, width - lane.size)) {
          const work = deliver(claimed).catch((error: unknown) =>
            log.error({ err: error, delivery: claimed.id }, 'a message could not be settled'),
          )
          lane.add(work)
          void work.finally(() => lane.delete(work))
        }
      }
    },
    settled: () => Promise.allSettled(running.flatMap((lane) => [...lane])),
  }
}

/**
 * What nobody looks at any more: sent messages after a month, failed ones and notices that were
 * read after a quarter, others after a year.
 */
export async function forgetOldNotices(): Promise<void> {
  await sql.execute(
    `DELETE FROM "Delivery" WHERE ("status" = 'sent' AND "sentAt" < now() - interval '30 days')
      OR ("status" = 'failed' AND "createdAt" < now() - interval '90 days')`,
  )
  await sql.execute(
    `DELETE FROM "Notification" WHERE ("readAt" < now() - interval '90 days')
      OR "createdAt" < now() - interval '1 year'`,
  )
}
