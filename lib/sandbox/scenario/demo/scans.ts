import { describeTls, writeRecord } from '../../record/write'
import type { TrailEvent } from '../../world'
import type { Times } from '../keys'
import { DAY, HOUR } from '../make'
import { makeUuid } from '../random'
import { describeActor } from './actors'
import { TRAIL_DAYS } from './calendar'
import { KEYS } from './keys'
import { PERMISSION_SETS, PERSON, ssoArn } from './people'

/** Henrik's look around on Monday mornings: lists, of no key in particular. */
export function listScans({ seed, now }: Times, accountId: string, region: string): TrailEvent[] {
  const inhabited = KEYS.some((plan) => plan.accountId === accountId && plan.region === region)
  if (!inhabited || !PERMISSION_SETS[accountId]?.includes('SecurityAudit')) return []
  const events: TrailEvent[] = []
  for (let day = TRAIL_DAYS - 1; day > 0; day -= 1) {
    const start = Math.floor(now / DAY) * DAY - day * DAY
    if (new Date(start).getUTCDay() !== 1) continue
    for (const [index, operation] of [
      'ListKeys',
      'ListAliases',
      'DescribeCustomKeyStores',
    ].entries()) {
      const at = start + 8 * HOUR + (index * 7 + (Number(accountId) % 40)) * 1000
      const actor = describeActor(seed, ssoArn(accountId, 'SecurityAudit'), at, {
        session: PERSON.henrik,
      })
      const eventId = makeUuid(seed, `scan/${accountId}/${region}/${at}`)
      events.push({
        eventId,
        at,
        record: writeRecord({
          at,
          source: 'kms.amazonaws.com',
          operation,
          region,
          identity: actor.identity,
          sourceIp: actor.sourceIp,
          userAgent: actor.userAgent,
          error: null,
          readOnly: true,
          requestParameters: null,
          responseElements: null,
          resources: undefined,
          requestId: makeUuid(seed, `scan-request/${accountId}/${region}/${at}`),
          eventId,
          eventType: 'AwsApiCall',
          recipientAccountId: accountId,
          tls: describeTls(`kms.${region}.amazonaws.com`, 'X25519MLKEM768'),
        }),
      })
    }
  }
  return events
}
