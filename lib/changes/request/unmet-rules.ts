import 'server-only'
import type { Change, Request } from '../../db/generated/client'
import { kindOf } from '../kinds/registry'
import { nameHours, type EffectiveRule } from '../rules/rule'

/** A baseline older than this is read anew before it is sent. */
const freshForHours = 4

/**
 * Says which rule on the request itself is not met; null: all are. Break-glass skips the ticket,
 * never the longest time.
 */
export function findUnmetRules(
  request: Pick<Request, 'ticket'>,
  change: Change,
  rule: EffectiveRule,
  now: Date,
  breaksGlass: boolean,
): string | null {
  if (change.endsAt !== null && change.endsAt <= now) return 'Its end has passed. Prepare it again.'
  if (now.getTime() - change.baselineAt.getTime() > freshForHours * 3_600_000)
    return 'What was read from AWS is too old by now. Prepare it again.'
  if (rule.ticket && !request.ticket && !breaksGlass) return 'The approval rules want a ticket.'
  if (rule.longestHours === null) return null
  const from = Math.max(now.getTime(), change.startsAt?.getTime() ?? 0)
  const isTimed = change.endsAt !== null || kindOf(change.kind)?.end === 'default'
  const tooLong =
    isTimed &&
    (change.endsAt === null || change.endsAt.getTime() - from > rule.longestHours * 3_600_000)
  return tooLong ? `The approval rules let it last at most ${nameHours(rule.longestHours)}.` : null
}
