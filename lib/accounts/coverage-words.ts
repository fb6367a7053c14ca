/** Words for what an API did not tell. Pure: a view reads them. */
type Result = { status: string; keysDenied: number; keysFailed: number; keys: number }

/**
 * How an API fell short at a place: a status, and of how many keys where it answers for the others.
 */
export function wordsOfResult(gap: Result): { result: string; of: string | null } {
  const { status, keysDenied, keysFailed, keys } = gap
  if (status !== 'partial') return { result: wholeResults[status] ?? status, of: null }
  const missed = keysDenied + keysFailed
  if (missed === 0) return { result: 'Incomplete', of: null }
  const result = keysFailed === 0 ? 'Denied' : keysDenied === 0 ? 'Failed' : 'Denied or failed'
  const count = (number: number) => number.toLocaleString('en')
  return { result, of: `${count(missed)} of ${count(keys)} ${keys === 1 ? 'key' : 'keys'}` }
}

const wholeResults: Readonly<Record<string, string>> = {
  denied: 'Denied',
  throttled: 'Throttled',
  unsupported: 'Not supported here',
  failed: 'Failed',
}
