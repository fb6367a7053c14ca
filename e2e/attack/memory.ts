import { readFileSync } from 'node:fs'
import path from 'node:path'

/** Of the web server that run.json names, in MB; null: not known, as of one that is gone. */
export function readRss(dataDir: string): number | null {
  try {
    const run: { pids: { web: number } } = JSON.parse(
      readFileSync(path.join(dataDir, 'run.json'), 'utf8'),
    )
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${run.pids.web}/status`, 'utf8'))
    return line ? Math.round(Number(line[1]) / 1024) : null
  } catch {
    return null
  }
}

/** Medians of the middle and of the end; null where one of the values is not known. */
export function summarize(memory: readonly (number | null)[]): {
  rssFirst: number | null
  rssLast: number | null
} {
  // The heap first grows to its working size: what counts is whether it goes on.
  const middle = memory.slice(Math.floor(memory.length * 0.4), Math.ceil(memory.length * 0.6))
  return {
    rssFirst: median(middle),
    rssLast: median(memory.slice(Math.floor(memory.length * 0.8))),
  }
}

/**
 * Memory that goes on growing, in a run long enough to tell. Not known counts as growing: the web
 * server that was measured has ended, and another one stands in its place.
 */
export const isGrowing = (run: {
  requests: number
  rssFirst: number | null
  rssLast: number | null
}): boolean => {
  const { requests, rssFirst, rssLast } = run
  if (requests < 20_000) return false
  return rssFirst === null || rssLast === null || rssLast > rssFirst * 1.25 + 50
}

function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b)
  return known.length < values.length ? null : (known[Math.floor(known.length / 2)] ?? null)
}
