import type { SourceHealth } from './source-health'

/** What an answer of the trail could not see: each line a reason, with how many sources it is of. */
export type Unseen = { lines: readonly { text: string; sources: number }[] }

const words: Readonly<Partial<Record<SourceHealth['state'], string>>> = {
  problem: 'Events are missing since reading failed',
  silent: 'Events are missing since nothing was read for half an hour',
  behind: 'The newest events are not here yet',
  reading: 'Older events are still being read',
}

/**
 * Sums up what sources do not bring, the most frequent reason first. A trail whose log files are not
 * read takes nothing away.
 */
export function sumUnseen(sources: readonly SourceHealth[]): Unseen {
  const sums = new Map<string, number>()
  const add = (text: string) => sums.set(text, (sums.get(text) ?? 0) + 1)
  for (const { kind, state, readUntil, cannotSee } of sources) {
    if (kind === 'logFiles' && readUntil === null) continue
    const said = words[state]
    if (said) add(said)
    for (const text of cannotSee) add(text)
  }
  if (
    !sources.some(({ kind, state, readUntil }) => (kind === 'lookup' ? state !== 'off' : readUntil))
  )
    add('No source brings events: only imported log files are here')
  return {
    lines: [...sums]
      .map(([text, count]) => ({ text, sources: count }))
      .toSorted((a, b) => b.sources - a.sources || (a.text < b.text ? -1 : 1)),
  }
}
