/** How long one thing took, and what it was. */
export type Timed = { ms: number; what: string }

const rounded = (ms: number) => Math.round(ms * 10) / 10

export async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

/** Runs each once, one after another, and times all of them but the first `warmUp`. */
export async function timeEach(
  runs: Iterable<{ what: string; run: () => Promise<unknown> }>,
  warmUp = 0,
): Promise<Timed[]> {
  const times: Timed[] = []
  for (const { what, run } of runs) times.push({ ms: await timed(run), what })
  return times.slice(warmUp)
}

/** Percentiles in milliseconds; p95 of 100 is the 96th. */
export function summary(times: readonly Timed[]) {
  const sorted = times.map(({ ms }) => ms).toSorted((a, b) => a - b)
  const at = (share: number) =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { n: times.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

export const slowest = (times: readonly Timed[]): string[] =>
  times
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, 6)
    .map(({ ms, what }) => `${Math.round(ms)} ms ${what}`)
