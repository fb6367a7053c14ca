import 'server-only'
import { sql } from '../db/client'
import { log } from '../log'
import { claimRows, isFree, millisecondsTo, settleRow, type Queue } from '../work/claim'
import { makeLanes, type Lanes } from '../work/lanes'
import { SendProblem } from './problem'
import { send, type Outgoing } from './send'

type Claimed = Outgoing & { attempt: number; tries: number }

const queue: Queue = {
  table: '"Delivery"',
  clock: 'now()',
  /**
   * Longer than any sending may take, so that a message is sent twice only when its worker died.
   */
  leaseSeconds: 60,
  held: sql`"status" = 'queued'`,
}
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
async function claimDeliveries(channels: readonly string[], most: number): Promise<Claimed[]> {
  return claimRows<Claimed>(
    sql,
    queue,
    {
      due: sql`c."status" = 'queued' AND c."channel" = ANY(${channels})
        AND c."nextTryAt" <= now()`,
      order: sql`c."tries", c."nextTryAt"`,
      returning: sql`c."id", c."channel", c."target", c."event", c."requestId", c."payload",
        c."createdAt", c."attempt", c."tries"`,
    },
    most,
  )
}

/** Returns in how many milliseconds there is a message of these channels to send; null: none. */
async function deliveriesDueMs(channels: readonly string[]): Promise<number | null> {
  const waiting = sql`c."status" = 'queued' AND c."channel" = ANY(${channels})`
  const [row] = await sql.query<{ due: number | null }>(
    sql`SELECT ${millisecondsTo(queue.clock, sql`min("at")`)} AS "due" FROM (
       (SELECT c."nextTryAt" AS "at" FROM "Delivery" c
        WHERE ${waiting} AND ${isFree('c', queue)} ORDER BY c."nextTryAt" LIMIT 1)
       UNION ALL (SELECT min(c."leaseUntil") FROM "Delivery" c
        WHERE ${waiting} AND c."nextTryAt" <= now() AND NOT ${isFree('c', queue)})) d`,
  )
  return row?.due ?? null
}

/** Each end counts only for the attempt that reached it: a slow worker concludes nothing. */
async function deliver(claimed: Claimed): Promise<void> {
  const { id, channel, target, event } = claimed
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
  const settled = await settleRow(
    sql,
    queue,
    claimed,
    sql`"status" = 'sent', "sentAt" = now(), "tries" = "tries" + 1, "problem" = NULL`,
  )
  if (!settled)
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
  await settleRow(
    sql,
    queue,
    { id, attempt },
    sql`"status" = ${pause === undefined ? 'failed' : 'queued'}, "tries" = "tries" + 1,
     "problem" = ${problem.message}, "nextTryAt" = now() + make_interval(secs => ${jittered})`,
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

/** Makes the loop that sends messages. */
export const makeDeliverLoop = (): Lanes =>
  makeLanes({
    lanes,
    claim: ({ channels }, most) => claimDeliveries(channels, most),
    due: (free) => deliveriesDueMs(free.flatMap(({ channels }) => channels)),
    run: deliver,
    brokeOff: ({ id }, error) =>
      log.error({ err: error, delivery: id }, 'a message could not be settled'),
  })
