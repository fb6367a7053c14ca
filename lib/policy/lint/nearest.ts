/**
 * The known name that is most like the text, or null: what a person mistypes has the first letter
 * right and most of the rest. `most`: letters that may differ.
 */
export function findNearest(text: string, names: Iterable<string>, most = 3): string | null {
  const lower = text.toLowerCase()
  if (lower.length > 60) return null
  let best: string | null = null
  let least = Math.min(most + 1, Math.ceil(lower.length / 3))
  for (const name of names) {
    if (
      Math.abs(name.length - lower.length) >= least ||
      name.charAt(0).toLowerCase() !== lower.charAt(0)
    )
      continue
    const distance = editDistance(lower, name.toLowerCase(), least)
    if (distance < least) [best, least] = [name, distance]
  }
  return best
}

function editDistance(a: string, b: string, limit: number): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    if (Math.min(...next) > limit) return limit + 1
    row = next
  }
  return row[b.length] ?? limit + 1
}
