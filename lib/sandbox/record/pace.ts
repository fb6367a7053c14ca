import type { World } from '../world'

/** The most that the control API lets events wait, so that who looks for late ones can stop. */
export const maxDelayMs = 3_600_000

/** As AWS: files about every five minutes, an event about five minutes after its call. */
export const awsPace = { delayMs: 300_000, deliverEveryMs: 300_000 }

/**
 * From when on an event can be seen: between half and one and a half of the delay after its call,
 * so that events come out of order. AWS says about five minutes on average, and guarantees nothing.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html
 */
export function findSeenAt(world: World, eventId: string, at: number): number | undefined {
  const delayMs = world.trailPace?.delayMs ?? 0
  return delayMs === 0 ? undefined : at + Math.round(delayMs * (0.5 + shareOf(eventId)))
}

/** A share from 0 to 1 that an id always has. */
export const shareOf = (eventId: string) => parseInt(eventId.slice(0, 6), 16) / 0x1000000

/** Changes the pace; what waits longer than it would now is let go at the new one. */
export function setPace(world: World, pace: World['trailPace'], now: number): void {
  world.trailPace = pace
  for (const account of world.accounts.values()) {
    for (const { events } of account.regions.values()) {
      for (const event of events) {
        if (event.seenAt === undefined || event.seenAt <= now) continue
        const anew = findSeenAt(world, event.eventId, event.at) ?? event.at
        event.seenAt = Math.min(event.seenAt, Math.max(now, anew))
      }
    }
  }
}
