import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { makeBell } from './bell'
import { runLoop, type LoopReport } from './loop'

function collect() {
  const reports: [string, LoopReport][] = []
  return {
    reports,
    report: (name: string, report: LoopReport) => {
      reports.push([name, report])
    },
  }
}

test('a loop that fails says so, goes on, and does not end the one beside it', async () => {
  const stop = new AbortController()
  const { reports, report } = collect()
  let runs = 0
  const ended = Promise.all([
    runLoop(
      { name: 'bad', everyMs: 1, run: () => Promise.reject(new Error('no database')) },
      stop.signal,
      report,
    ),
    runLoop(
      {
        name: 'good',
        everyMs: 1,
        run: () => {
          runs += 1
          return Promise.resolve()
        },
      },
      stop.signal,
      report,
    ),
  ])
  await sleep(60)
  stop.abort()
  await ended
  expect(runs).toBeGreaterThan(3)
  const bad = reports.filter(([name]) => name === 'bad')
  expect(bad[0]?.[1]).toMatchObject({ ok: false, problem: 'no database' })
  expect(bad.length).toBeLessThan(3) // it waits longer after a failure than its pause
})

test('a run that says there is more is followed at once', async () => {
  const stop = new AbortController()
  let left = 5
  const ended = runLoop(
    { name: 'queue', everyMs: 60_000, run: () => Promise.resolve(--left > 0) },
    stop.signal,
    () => {},
  )
  await sleep(50)
  expect(left).toBe(0)
  stop.abort()
  await ended
})

test('the signal ends the pause', async () => {
  const stop = new AbortController()
  const begun = Date.now()
  setTimeout(() => stop.abort(), 20)
  await runLoop(
    { name: 'slow', everyMs: 60_000, run: () => Promise.resolve() },
    stop.signal,
    () => {},
  )
  expect(Date.now() - begun).toBeLessThan(5_000)
})

test('as many loops as a worker has wait on one signal without a warning of a leak', async () => {
  const warnings: string[] = []
  const note = ({ name }: Error) => warnings.push(name)
  process.on('warning', note)
  const stop = new AbortController()
  const loop = { name: 'idle', everyMs: 60_000, run: () => Promise.resolve() }
  const ended = Array.from({ length: 12 }, () => runLoop(loop, stop.signal, () => {}))
  await sleep(50)
  stop.abort()
  await Promise.all(ended)
  process.off('warning', note)
  expect(warnings).toEqual([])
})

/** A loop that rests, and what it did; `due` is what it is told next. */
function rest(due: (number | null)[], atMostMs = 60_000) {
  const stop = new AbortController()
  const bell = makeBell()
  const seen = { asked: 0, runs: 0, runAt: Infinity }
  const ended = runLoop(
    {
      name: 'resting',
      everyMs: 1,
      run: () => {
        seen.runs += 1
        seen.runAt = performance.now()
        return Promise.resolve()
      },
      rest: {
        bell,
        atMostMs,
        due: async () => {
          seen.asked += 1
          const next = due.shift() ?? null
          await sleep(10)
          return next
        },
      },
    },
    stop.signal,
    () => {},
  )
  const end = async () => {
    stop.abort()
    await ended
  }
  return { bell, seen, end }
}

test('a loop that rests asks once what is due and does not run for nothing', async () => {
  const { seen, end } = rest([])
  await sleep(60)
  expect(seen).toMatchObject({ asked: 1, runs: 0 })
  await end()
})

test('a loop that rests runs at the time when something is due', async () => {
  const begun = performance.now()
  const { seen, end } = rest([80, 0])
  await sleep(200)
  expect(seen).toMatchObject({ asked: 3, runs: 1 })
  expect(seen.runAt - begun).toBeGreaterThan(70)
  await end()
})

test('what rings wakes it, also what rang while it was looking', async () => {
  const due: (number | null)[] = [null, 0]
  const { bell, seen, end } = rest(due)
  await sleep(30)
  bell.ring()
  bell.ring()
  await sleep(60)
  expect(seen).toMatchObject({ asked: 3, runs: 1 })
  due.push(null, 0)
  bell.ring()
  await sleep(5)
  expect(seen.asked, 'it is told that nothing is due, which is so no longer').toBe(4)
  bell.ring()
  await sleep(60)
  expect(seen.runs).toBe(2)
  await end()
})

test('a lost call costs no more than the longest rest', async () => {
  const { seen, end } = rest([null, 0], 30)
  await sleep(100)
  expect(seen.runs).toBe(1)
  await end()
})
