import { fewChanges } from '@/lib/changes/read/shapes'

/** "2–40, 55": so that a hundred places are a few words. Pure; the places stand in order. */
function sayPlaces(positions: readonly number[]): string {
  const runs: [number, number][] = []
  for (const place of positions) {
    const last = runs.at(-1)
    if (last && place === last[1] + 1) last[1] = place
    else runs.push([place, place])
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ')
}

/** Names changes of a request by their titles while they are few, by their places beyond that. */
export function nameChanges(
  changes: readonly { position: number; title: string }[],
  positions: readonly number[],
): string {
  if (positions.length > fewChanges)
    return positions.length === changes.length
      ? `All ${positions.length} changes`
      : `Changes ${sayPlaces(positions)}`
  return changes
    .filter(({ position }) => positions.includes(position))
    .map(({ title }) => title)
    .join(', ')
}
