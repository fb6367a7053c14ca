'use client'

import { createContext, useContext, type ReactNode } from 'react'
import { countdownWords } from './countdown-words'
import { relativeTime, utcTime } from './relative-time'
import { useTick } from './tick'

/**
 * How far the database's clock is ahead of the reader's, in ms: what ends, ends by the database's.
 */
const AheadContext = createContext(0)

/**
 * `now` as the database said it in an answer that was received at `receivedAt` (epoch
 * ms of the reader's clock).
 */
export function ClockProvider({
  now,
  receivedAt,
  children,
}: {
  now: string
  receivedAt: number
  children: ReactNode
}) {
  const ahead = Date.parse(now) - receivedAt
  return <AheadContext.Provider value={ahead}>{children}</AheadContext.Provider>
}

/** The database's clock; null on the server, which does not know when its page is read. */
export function useClock(stepMs: number): number | null {
  const ahead = useContext(AheadContext)
  const now = useTick(stepMs)
  return now === null ? null : now + ahead
}

/** "in 6 days 23 h", counted down by the database's clock; `over` is said from then on. */
export function Countdown({ at, over }: { at: string; over: string }) {
  const now = useClock(1_000)
  if (now === null) return <time dateTime={at}>{utcTime(at)}</time>
  const left = countdownWords(Date.parse(at) - now)
  return (
    <time dateTime={at} data-exact={utcTime(at)} title={utcTime(at)} className="claviger-countdown">
      {left === null ? over : `in ${left}`}
    </time>
  )
}

/** A time as evidence: the exact UTC, and how long ago unless `isBare`. */
export function Instant({ at, isBare = false }: { at: string; isBare?: boolean }) {
  const now = useClock(30_000)
  return (
    <span className="claviger-instant">
      <time
        dateTime={at}
        title={now === null ? undefined : `${new Date(at).toLocaleString()} here`}
      >
        {utcTime(at)}
      </time>
      {now !== null && !isBare && <small> {relativeTime(at, now)}</small>}
    </span>
  )
}
