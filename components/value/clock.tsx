'use client'

import { createContext, useContext, useMemo, useSyncExternalStore, type ReactNode } from 'react'
import { countdownWords } from './countdown-words'
import { relativeTime, utcTime } from './relative-time'

/** How far the database's clock is ahead of the reader's, in ms: what ends, ends by the database's. */
const AheadContext = createContext(0)

/** `now` as the database said it in an answer that was received at `receivedAt` (epoch ms of the reader's clock). */
export function ClockProvider({ now, receivedAt, children }: { now: string; receivedAt: number; children: ReactNode }) {
  const ahead = useMemo(() => Date.parse(now) - receivedAt, [now, receivedAt])
  return <AheadContext.Provider value={ahead}>{children}</AheadContext.Provider>
}

function subscribe(changed: () => void) {
  const timer = setInterval(changed, 1_000)
  return () => clearInterval(timer)
}
const readSecond = () => Math.floor(Date.now() / 1_000) * 1_000

/** The database's clock, to the second; null on the server, which does not know when its page is read. */
export function useClock(): number | null {
  const ahead = useContext(AheadContext)
  const second = useSyncExternalStore<number | null>(subscribe, readSecond, () => null)
  return second === null ? null : second + ahead
}

/** "in 6 days 23 h", counted down by the database's clock; `over` is said from then on. */
export function Countdown({ at, over }: { at: string; over: string }) {
  const now = useClock()
  if (now === null) return <time dateTime={at}>{utcTime(at)}</time>
  const left = countdownWords(Date.parse(at) - now)
  return <time dateTime={at} data-exact={utcTime(at)} title={utcTime(at)} className="claviger-countdown">{left === null ? over : `in ${left}`}</time>
}

/** A time as evidence: the exact UTC, and how long ago unless `isBare`. */
export function Instant({ at, isBare = false }: { at: string; isBare?: boolean }) {
  const now = useClock()
  return (
    <span className="claviger-instant">
      <time dateTime={at} title={now === null ? undefined : `${new Date(at).toLocaleString()} here`}>{utcTime(at)}</time>
      {now !== null && !isBare && <small> {relativeTime(at, now)}</small>}
    </span>
  )
}
