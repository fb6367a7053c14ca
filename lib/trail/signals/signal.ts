import 'server-only'
import { raw, type Sql } from '../../db/client'
import { parseKeyArn } from '../../kms/arn'
import { nameOfPrincipal } from '../principal'

/** Which time is looked at: from the beginning of a day in UTC. */
export type Span = { from: Date; to: Date }

/** What people can set, in words: "Calls in an hour". Whole numbers. */
export type Threshold = { words: string; least: number; most: number; standard: number }

/** Something that was found: a row of the statement of its signal. */
export type Hit = {
  /** Who can see this account is told. */
  accountId: string
  region: string
  at: Date
  keyArn: string | null
  eventId: string | null
  principal: string | null
  operation: string | null
  count: number | null
  /** What else the signal says of it. */
  about: string | null
}

/**
 * What is worth a notice. `look` selects account_id, region, episode, at, key_arn, event_id,
 * principal, operation, count and about. Rows with one account and `episode` are told once, as the
 * earliest says. So an episode is named by what it is about and its day, and never by the span: what
 * is found in a month is what was found day by day, which is how a preview is right.
 */
export type Signal = {
  name: string
  /** For its row, and the title of its notices. */
  title: string
  lead: string
  /** Null: nothing to set. */
  threshold: Threshold | null
  look: (span: Span, threshold: number) => Sql
  /** One line about a hit. */
  say: (hit: Hit) => string
  /** Path in the console; without it, the event, or the events of its key from that day on. */
  href?: (hit: Hit) => string
}

/** SQL of the day of a time, in UTC, as text. */
export const dayOf = (time: string): Sql => raw(`to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD')`)

/** Who and which key, in a line of a notice. */
export const nameOf = (principal: string | null): string => nameOfPrincipal(principal ?? 'unknown')
export const nameOfKey = (arn: string | null): string =>
  parseKeyArn(arn ?? '')?.keyId ?? arn ?? 'unknown'
