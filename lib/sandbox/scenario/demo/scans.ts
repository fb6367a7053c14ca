import type { TrailEvent } from '../../world'
import type { Times } from '../keys'
import { DAY, HOUR } from '../make'
import { makeUuid } from '../random'
import { describeActor, isoTime } from './actors'
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
    for (const [index, eventName] of [
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
        record: {
          eventVersion: '1.11',
          userIdentity: actor.identity,
          eventTime: isoTime(at),
          eventSource: 'kms.amazonaws.com',
          eventName,
          awsRegion: region,
          sourceIPAddress: actor.sourceIp,
          userAgent: actor.userAgent,
          requestParameters: null,
          responseElements: null,
          requestID: makeUuid(seed, `scan-request/${accountId}/${region}/${at}`),
          eventID: eventId,
          readOnly: true,
          eventType: 'AwsApiCall',
          managementEvent: true,
          recipientAccountId: accountId,
          eventCategory: 'Management',
        },
      })
    }
  }
  return events
}
