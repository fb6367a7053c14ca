'use client'

import { relativeTime, utcTime } from './relative-time'
import { useTick } from './tick'

type Props = { at: string | null | undefined; missing?: string }

/**
 * A time, relative, with the exact UTC and local time on hover. `missing` is what
 * is said where there is none.
 */
export function Moment({ at, missing = 'unknown' }: Props) {
  const now = useTick(30_000)
  if (!at) return <span>{missing}</span>
  // The server does not know the reader's clock and zone: it shows UTC, and the
  // browser makes it relative.
  if (now === null) return <time dateTime={at}>{utcTime(at)}</time>
  return (
    <time
      dateTime={at}
      data-exact={utcTime(at)}
      title={`${utcTime(at)}\n${new Date(at).toLocaleString()} here`}
    >
      {relativeTime(at, now)}
    </time>
  )
}
