/** What the overview counts of accounts; the page of accounts shows just these by their word. */
export const onlyWords = { paused: 'paused', unsynced: 'never synced' } as const
export type Only = 'all' | keyof typeof onlyWords

/** Returns what an address asks for; all where it asks for nothing known. */
export const toOnly = (text: string | undefined): Only =>
  text === 'paused' || text === 'unsynced' ? text : 'all'

type Known = { removedAt: unknown; pausedAt: unknown; oldestCoreAt: unknown }

/** Tells whether an account is one of them; one that was removed is neither. */
export const isAmong = ({ removedAt, pausedAt, oldestCoreAt }: Known, only: Only): boolean =>
  only === 'all' ||
  (removedAt === null && (only === 'paused' ? pausedAt !== null : oldestCoreAt === null))
