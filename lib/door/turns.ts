import 'server-only'
import { AppError } from '../errors'

/**
 * Pages of one person that are read at the same time, those that wait for one of
 * them, and how long they do.
 */
const mostAtOnce = 6
const mostWaiting = 30
const longestWaitMs = 8_000

type Line = { running: number; waiting: (() => void)[] }

// One process has several copies of this file (pages, handlers); a person has one line.
declare global {
  var clavigerTurns: Map<string, Line> | undefined
}
const lines = (globalThis.clavigerTurns ??= new Map<string, Line>())

/**
 * Reads a page when it is its turn, so that one person who opens two hundred leaves connections for
 * everybody else. Counted in this process, since what it protects is the pool of this process.
 * @throws AppError busy when too many wait already, or it waited too long.
 */
export async function inTurn<T>(personId: string, read: () => Promise<T>): Promise<T> {
  const line = lines.get(personId) ?? { running: 0, waiting: [] }
  lines.set(personId, line)
  if (line.running < mostAtOnce) line.running += 1
  else await waitIn(line) // whoever leaves hands its place over
  try {
    return await read()
  } finally {
    const next = line.waiting.shift()
    if (next) next()
    else line.running -= 1
    if (line.running === 0) lines.delete(personId)
  }
}

function waitIn({ waiting }: Line): Promise<void> {
  const busy = () =>
    new AppError(
      'busy',
      'You have many pages of this console under way. Try again when some of them are there.',
    )
  if (waiting.length >= mostWaiting) return Promise.reject(busy())
  return new Promise((resolve, reject) => {
    const enter = () => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(enter), 1)
      reject(busy())
    }, longestWaitMs)
    waiting.push(enter)
  })
}
