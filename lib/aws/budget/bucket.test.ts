import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allocate } from './allocate'
import { leaseMs, Bucket, type Clock } from './bucket'

/** Time of the test: events run in order, and `now` is theirs. */
function makeTime() {
  let now = 0
  let order = 0
  const events: { at: number; order: number; run: () => void }[] = []
  return {
    clock: {
      now: () => now,
      later: (ms: number, run: () => void) => {
        events.push({ at: now + ms, order: order++, run })
      },
    } satisfies Clock,
    async runUntil(end: number) {
      for (;;) {
        events.sort((a, b) => a.at - b.at || a.order - b.order)
        const next = events[0]
        if (!next || next.at > end) break
        events.shift()
        now = next.at
        next.run()
        await Promise.resolve() // lets what waited for a token go on before time does
        await Promise.resolve()
      }
      now = end
    },
  }
}

type Death = { process: number; at: number }
type World = {
  limit: number
  processes: number
  wayMs: readonly number[]
  renewMs: number
  deaths: readonly Death[]
  seed: number
}

/**
 * Processes that send as fast as they may, a lease store as in Postgres, and a server that
 * notes when each call arrives.
 */
async function simulate(
  { limit, processes, wayMs, renewMs, deaths, seed }: World,
  forMs: number,
): Promise<number[]> {
  const time = makeTime()
  const { clock } = time
  const arrivals: number[] = []
  const leases = new Map<
    string,
    { holder: string; tokens: number; want: number; expiresAt: number }
  >()
  let draw = seed
  const way = () => wayMs[(draw = (draw * 16807 + 11) % 2147483647) % wayMs.length] ?? 1
  for (let index = 0; index < processes; index++) {
    const holder = `h${index}`
    const diesAt = deaths.find((death) => death.process === index)?.at ?? Infinity
    const tokens = new Bucket(clock, 1_000, () => {})
    const send = async () => {
      await tokens.take()
      if (clock.now() >= diesAt) return
      clock.later(way(), () => {
        arrivals.push(clock.now())
        clock.later(way(), () => {
          if (clock.now() < diesAt) {
            tokens.give()
            void send()
          }
        })
      })
    }
    const renew = () => {
      if (clock.now() >= diesAt) return
      const since = clock.now()
      const offer = tokens.offer()
      clock.later(way() / 4, () => {
        for (const [name, lease] of leases) if (lease.expiresAt <= clock.now()) leases.delete(name)
        const others = [...leases.values()].filter((one) => one.holder !== holder)
        const result = allocate(
          limit,
          others,
          {
            holder,
            want: Math.min(offer.want, limit),
            keep: offer.keep,
            leased: leases.get(holder)?.tokens ?? 0,
          },
          Math.floor(clock.now() / 5_000),
        )
        leases.set(holder, {
          holder,
          tokens: result.tokens,
          want: Math.min(offer.want, limit),
          expiresAt: clock.now() + leaseMs,
        })
        clock.later(way() / 4, () => {
          if (clock.now() >= diesAt) return
          tokens.renew(since, result.tokens, result.usable)
          clock.later(renewMs, renew)
        })
      })
    }
    for (let call = 0; call < limit + 2; call++) void send()
    clock.later(index * 37, renew)
  }
  await time.runUntil(forMs)
  return arrivals.sort((a, b) => a - b)
}

/** The most calls in any second, wherever it begins. */
function mostInASecond(arrivals: readonly number[]): number {
  let most = 0
  for (let first = 0, last = 0; last < arrivals.length; last++) {
    while ((arrivals[last] ?? 0) - (arrivals[first] ?? 0) >= 1_000) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}

test('no second at the server sees more calls than the limit, however processes come and die', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        limit: fc.integer({ min: 1, max: 12 }),
        processes: fc.integer({ min: 1, max: 4 }),
        renewMs: fc.constantFrom(200, 1_000),
        wayMs: fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 8 }),
        seed: fc.integer({ min: 1, max: 1e6 }),
        deaths: fc.array(
          fc.record({ process: fc.nat({ max: 3 }), at: fc.integer({ min: 0, max: 20_000 }) }),
          { maxLength: 3 },
        ),
      }),
      async (world) => {
        expect(mostInASecond(await simulate(world, 30_000))).toBeLessThanOrEqual(world.limit)
      },
    ),
    { numRuns: 150 },
  )
})

test('with quick answers nearly the whole limit is used, by one process and by four', async () => {
  for (const processes of [1, 4]) {
    const arrivals = await simulate(
      { limit: 20, processes, wayMs: [5], renewMs: 1_000, deaths: [], seed: 1 },
      30_000,
    )
    expect(arrivals.length).toBeGreaterThan(20 * 30 * 0.85)
  }
})

test('one call a second is shared by two processes in turns, and little of it is lost', async () => {
  const arrivals = await simulate(
    { limit: 1, processes: 2, wayMs: [5], renewMs: 200, deaths: [], seed: 1 },
    60_000,
  )
  expect(mostInASecond(arrivals)).toBe(1)
  expect(arrivals.length).toBeGreaterThan(40)
})

test('what a dead process held comes back when its lease has run out', async () => {
  const arrivals = await simulate(
    {
      limit: 4,
      processes: 2,
      wayMs: [5],
      renewMs: 1_000,
      deaths: [{ process: 0, at: 5_000 }],
      seed: 1,
    },
    30_000,
  )
  const late = arrivals.filter((at) => at >= 15_000)
  expect(late.length).toBeGreaterThan(4 * 15 * 0.85)
})

test('a process whose renewals stop sends nothing in the last part of its lease', async () => {
  const time = makeTime()
  const tokens = new Bucket(time.clock, 1_000, () => {})
  tokens.renew(0, 5, 5)
  await time.runUntil(leaseMs - 2_500)
  let taken = false
  void Promise.resolve(tokens.take()).then(() => {
    taken = true
  })
  await time.runUntil(leaseMs * 2)
  expect(taken).toBe(false)
})
