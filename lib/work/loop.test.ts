import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
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
