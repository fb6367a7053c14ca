import 'server-only'
import { createHash, randomUUID } from 'node:crypto'
import type { Permission } from './permissions'
import type { Permit } from './permit'
import { readVersion, type Versioned } from '../db/versions'

/** What an answer is made of, so that it need not be made again while nothing of that changes. */
export type MadeOf<P extends Permission> = {
  /** Every table that is read for it; a test compares them with the statements. */
  tables: readonly Versioned[]
  /** What depends on the clock is made anew after so many seconds at the latest. */
  atMostSeconds: number
  /** What no version tells of, cheap enough to be looked at each time. */
  also?: (permit: Permit<P>) => Promise<unknown>
}

/** An answer of another build, or before a backup was put back, is never taken for one of this. */
const run = randomUUID()

/**
 * Returns the tag of the answer to this question as things are now: of the person and all that they
 * can do, of what was asked, and of the versions of what it is made of. Must be called before the
 * answer is made: what changes meanwhile is then in the next one's tag.
 */
export async function tagOf<P extends Permission>(
  { tables, atMostSeconds, also }: MadeOf<P>,
  permit: Permit<P>,
  url: string,
): Promise<string> {
  const [version, facts] = await Promise.all([
    readVersion(tables, atMostSeconds),
    also?.(permit) ?? null,
  ])
  const { pathname, search } = new URL(url)
  const { actor } = permit
  const rights = actor.assigned.map(({ role, accountId }) => `${role} ${accountId ?? ''}`).sort()
  const all = [run, pathname, search, actor.id, rights, version, facts]
  return `W/"${createHash('sha256').update(JSON.stringify(all)).digest('base64url')}"`
}

/** Does the asker hold the answer with this tag? */
export const holds = (request: Request, tag: string): boolean =>
  (request.headers.get('if-none-match') ?? '').split(/,\s*/).includes(tag)
