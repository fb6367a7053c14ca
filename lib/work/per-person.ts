import { AppError } from '../errors'

/** Dear questions of one person that are answered side by side, and those that wait behind them. */
const mostAtOnce = 2
const mostWaiting = 4

type Line = { running: number; waiting: (() => void)[] }
const lines = new Map<string, Line>()

/**
 * Runs a dear question of a person: two of them at once, four more wait for their turn, so that
 * nobody's questions hold up everybody else's.
 * @throws AppError too_many for one more than that.
 */
export async function inLineOf<T>(personId: string, ask: () => Promise<T>): Promise<T> {
  const line = lines.get(personId) ?? { running: 0, waiting: [] }
  lines.set(personId, line)
  if (line.running < mostAtOnce) line.running += 1
  else await waitIn(line)
  try {
    return await ask()
  } finally {
    const next = line.waiting.shift()
    // The place goes over to who waits, so that nobody comes in between.
    if (next) next()
    else line.running -= 1
    if (line.running === 0) lines.delete(personId)
  }
}

function waitIn(line: Line): Promise<void> {
  if (line.waiting.length >= mostWaiting)
    throw new AppError(
      'too_many',
      `${mostAtOnce + mostWaiting} of your questions about access are being answered. Wait for ` +
        'one of them, or close tabs that ask.',
      { retryAfterSeconds: 5 },
    )
  return new Promise((resolve) => line.waiting.push(resolve))
}
