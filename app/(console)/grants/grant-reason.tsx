'use client'

import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import { Countdown } from '@/components/value/clock'
import { mightBeInForce } from '@/lib/change-status'
import type { GrantsRow } from '@/lib/grants/row'

/**
 * Why a grant exists: the request that made or adopted it, the service that did, or that nobody
 * here knows. And what is about to end it.
 */
export function GrantReason({ of: { cause, known, ending } }: { of: GrantsRow }) {
  return (
    <span className="claviger-two-lines">
      {cause ? (
        <Link href={`/requests/${cause.requestId}`}>R-{cause.number}</Link>
      ) : known === 'awsService' ? (
        <span>AWS service, for itself</span>
      ) : (
        <Box variant="span" color="text-status-warning">
          nobody knows
        </Box>
      )}
      {cause && (
        <small title={cause.reason ?? cause.justification}>
          {cause.adopted
            ? `Adopted by ${cause.owner ?? 'nobody named'}: ${cause.reason ?? ''}`
            : cause.justification}
        </small>
      )}
      {ending && (
        <small>
          Revocation asked for in{' '}
          <Link href={`/requests/${ending.requestId}`} fontSize="body-s">
            R-{ending.number}
          </Link>
        </small>
      )}
    </span>
  )
}

/** When a change of ours ends it. */
export function GrantEnd({ of: row }: { of: GrantsRow }) {
  if (row.goneAt) return <span className="claviger-none">gone</span>
  if (row.endsAt)
    return (
      <Countdown
        at={row.endsAt}
        over={
          row.cause?.status === 'revertFailed'
            ? 'over, could not be revoked'
            : 'over, being revoked'
        }
      />
    )
  return (
    <span
      className="claviger-none"
      title={
        row.known === 'awsService'
          ? 'The service retires it when it needs it no longer.'
          : 'AWS gives grants no end.'
      }
    >
      {row.known === 'awsService' ? 'by the service' : 'none'}
    </span>
  )
}

/** A request ends it already: the one it came from, or one for its revocation. */
export const endsAnyway = (row: GrantsRow): boolean => isOurs(row) || row.ending !== null

/** Its end is ours to bring about: in the request it came from. */
export const isOurs = ({ cause }: GrantsRow): boolean =>
  cause !== null && mightBeInForce.includes(cause.status)
