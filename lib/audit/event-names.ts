/** Events under their newest name, whatever an entry was stored under. Pure. */
import { own } from '../own'
import type { AuditEventName } from './events'

/**
 * An event's name as older versions stored it, and what it is called now. The chain covers an
 * entry's name, so what is stored keeps it: readers, filters and the table go by the newest name
 * and find both. Rename an event in events.ts, with a line here.
 */
const renamed: Readonly<Record<string, AuditEventName>> = {
  'externalAccess.toBeFixed': 'externalAccess.fixRequested',
  'role.given': 'role.granted',
  'role.taken': 'role.revoked',
  'standIn.ended': 'delegate.ended',
  'standIn.named': 'delegate.named',
}

/** Returns what an event is called now. */
export const eventNameOf = (stored: string): string => own(renamed, stored) ?? stored

/** Returns all names under which entries of an event might be stored; takes any of them. */
export function storedNamesOf(event: string): string[] {
  const now = eventNameOf(event)
  return [now, ...Object.keys(renamed).filter((old) => renamed[old] === now)]
}

/**
 * SQL of a condition: the newest name of the event in `column`, which an older version stored under
 * another, is like `pattern` (a placeholder, for lower-case text). `false` without such entries, so
 * it goes beside a condition on the column itself.
 */
export const isRenamedLike = (column: string, pattern: string): string =>
  Object.entries(renamed)
    .map(([old, now]) => `${column} = '${old}' AND '${now.toLowerCase()}' LIKE ${pattern}`)
    .join(' OR ')
