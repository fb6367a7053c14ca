import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startJobs } from './engine'
import { makeLanes } from './lanes'

/** A queue of names in two lanes; what is claimed runs until it is let go. */
function makeQueue(waiting: Record<'quick' | 'slow', string[]>) {
  const begun: string[] = []
  const broken: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const lanes = makeLanes({
    lanes: [
      { name: 'slow', width: 1 },
      { name: 'quick', width: 2 },
    ] as const,
    claim: ({ name }, most) => Promise.resolve(waiting[name].splice(0, most)),
    due: (free) => Promise.resolve(free.some(({ name }) => waiting[name].length > 0) ? 0 : null),
    run: (name) =>
      new Promise<void>((resolve, reject) => {
        begun.push(name)
        ends.set(name, (error) => (error ? reject(error) : resolve()))
      }),
    brokeOff: (name) => {
      broken.push(name)
      throw new Error('the database is away')
    },
  })
  return { lanes, begun, broken, end: (name: string, error?: Error) => ends.get(name)?.(error) }
}

test('a lane takes no more than it is wide, and one that is full holds up no other', async () => {
  const queue = makeQueue({ slow: ['a', 'b'], quick: ['c', 'd', 'e'] })
  await queue.lanes.claim()
  await queue.lanes.claim()
  expect(queue.begun).toEqual(['a', 'c', 'd'])
  queue.end('d')
  await sleep(0)
  await queue.lanes.claim()
  expect(queue.begun).toEqual(['a', 'c', 'd', 'e'])
})

test('what breaks off frees its room, also where even that cannot be noted', async () => {
  const queue = makeQueue({ slow: ['a', 'b'], quick: [] })
  await queue.lanes.claim()
  queue.end('a', new Error('nobody thought of it'))
  await sleep(0)
  await queue.lanes.claim()
  expect(queue.broken).toEqual(['a'])
  expect(queue.begun).toEqual(['a', 'b'])
})

test('a full lane is not asked what is due in it, and says when it has room again', async () => {
  const queue = makeQueue({ slow: ['a', 'b'], quick: [] })
  let rooms = 0
  queue.lanes.onRoom(() => {
    rooms += 1
  })
  expect(await queue.lanes.due()).toBe(0)
  await queue.lanes.claim()
  expect(await queue.lanes.due(), 'b waits for room').toBe(null)
  queue.end('a')
  await sleep(0)
  expect(rooms).toBe(1)
  expect(await queue.lanes.due()).toBe(0)
})

test('a worker that stops waits for answers, and for what is handed back only so long', async () => {
  const changes = makeQueue({ slow: ['change'], quick: [] })
  const sweeps = makeQueue({ slow: ['sweep'], quick: [] })
  const engine = startJobs(
    [
      { name: 'changes', everyMs: 1, atStop: 'answers', queue: changes.lanes },
      { name: 'sweeps', everyMs: 1, atStop: 'handBack', queue: sweeps.lanes },
    ],
    () => {},
  )
  await sleep(20)
  let isDrained = false
  const drained = engine.drain(30).then(() => {
    isDrained = true
  })
  await engine.ended
  await sleep(80)
  expect(isDrained).toBe(false)
  changes.end('change')
  await drained
  expect(sweeps.begun).toEqual(['sweep'])
})
