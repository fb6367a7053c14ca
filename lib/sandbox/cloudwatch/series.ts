import type { RegionState, TrailEvent, World } from '../world'
import { countPast, listPastSeries } from '../scenario/past-usage'

/**
 * One metric's series: what it is called, and how much of it falls into a minute (epoch minutes).
 */
export type Series = {
  namespace: 'AWS/Usage' | 'AWS/KMS'
  metricName: string
  dimensions: Record<string, string>
  /**
   * Sum over a period, for CallCount and SuccessfulRequest; the value at its start, for the others.
   * Null: no data.
   */
  valueIn: (fromMinute: number, toMinute: number) => number | null
  statistic: 'Sum' | 'Minimum'
}

/**
 * Lists every series of an account in a Region: the made-up past of the scenario and what was
 * counted since.
 */
export function listSeries(
  world: World,
  accountId: string,
  state: RegionState,
  now: number,
): Series[] {
  return [
    ...listCallCounts(world, accountId, state),
    ...listSuccesses(world, accountId, state),
    ...listExpiries(state, now),
    ...listProxies(state, now),
  ]
}

function listCallCounts(world: World, accountId: string, state: RegionState): Series[] {
  const past = listPastSeries(world, accountId, state.name)
  const resources = new Set([...state.usage.keys(), ...past.map((habit) => habit.usageResource)])
  return [...resources].sort().map((resource): Series => {
    const habits = past.filter((habit) => habit.usageResource === resource)
    return {
      namespace: 'AWS/Usage',
      metricName: 'CallCount',
      statistic: 'Sum',
      dimensions: { Class: 'None', Resource: resource, Service: 'KMS', Type: 'API' },
      valueIn: (from, to) =>
        sum(countPast(world, habits, from, to), countLive(state.usage.get(resource), from, to)),
    }
  })
}

function countLive(minutes: Map<number, number> | undefined, from: number, to: number): number {
  if (!minutes) return 0
  let total = 0
  if (minutes.size < to - from) {
    for (const [minute, calls] of minutes) if (minute >= from && minute < to) total += calls
    return total
  }
  for (let minute = from; minute < to; minute += 1) total += minutes.get(minute) ?? 0
  return total
}

function listSuccesses(world: World, accountId: string, state: RegionState): Series[] {
  const live = groupSuccesses(state.events, world.builtAt ?? 0)
  const past = listPastSeries(world, accountId, state.name, 'key')
  const names = new Set([
    ...live.keys(),
    ...past.map((habit) => `${habit.keyArn}|${habit.operation}`),
  ])
  return [...names].sort().map((name): Series => {
    const [arn = '', operation = ''] = name.split('|')
    const times = live.get(name) ?? []
    const habits = past.filter((habit) => habit.keyArn === arn && habit.operation === operation)
    const about: Record<string, string> =
      operation === 'ReEncrypt' ? { SourceKeyArn: arn, DestinationKeyArn: arn } : { KeyArn: arn }
    return {
      namespace: 'AWS/KMS',
      metricName: 'SuccessfulRequest',
      statistic: 'Sum',
      dimensions: { ...about, Operation: operation },
      valueIn: (from, to) =>
        sum(
          countPast(world, habits, from, to),
          times.filter((minute) => minute >= from && minute < to).length,
        ),
    }
  })
}

/** Returns the sum, or null where there is no data: that is no point, not a zero. */
const sum = (...parts: number[]) => parts.reduce((total, part) => total + part, 0) || null

/**
 * Groups the minutes of successful cryptography since the scenario began, by `key ARN|operation`.
 */
function groupSuccesses(events: TrailEvent[], since: number): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (let i = events.length - 1; i >= 0; i -= 1) {
    const event = events[i]
    if (!event || event.at < since) break
    const { record } = event
    const [first]: unknown[] = Array.isArray(record.resources) ? record.resources : []
    const arn =
      typeof first === 'object' && first !== null && 'ARN' in first && typeof first.ARN === 'string'
        ? first.ARN
        : null
    if (arn === null || record.errorCode !== undefined || !CRYPTO.test(record.eventName)) continue
    const name = `${arn}|${record.eventName}`
    const minute = Math.floor(event.at / 60_000)
    const known = groups.get(name)
    if (known) known.push(minute)
    else groups.set(name, [minute])
  }
  return groups
}

const CRYPTO = new RegExp(
  '^(Encrypt|Decrypt|ReEncrypt|GenerateDataKey|GenerateMac|VerifyMac|Sign$|Verify$|' +
    'DeriveSharedSecret|Encapsulate|Decapsulate)',
)

/**
 * Lists SecondsUntilKeyMaterialExpiration of each key whose imported material ends: its earliest
 * end.
 */
function listExpiries(state: RegionState, now: number): Series[] {
  return [...state.keys.values()].flatMap((key): Series[] => {
    const ends = key.materials.flatMap((material) =>
      material.importState === 'IMPORTED' && material.validTo !== null ? [material.validTo] : [],
    )
    if (ends.length === 0) return []
    const end = Math.min(...ends)
    const valueIn = (from: number) =>
      from * 60_000 > now ? null : Math.max(0, Math.round((end - from * 60_000) / 1000))
    return [
      {
        namespace: 'AWS/KMS',
        metricName: 'SecondsUntilKeyMaterialExpiration',
        dimensions: { KeyId: key.keyId },
        valueIn,
        statistic: 'Minimum',
      },
    ]
  })
}

/** For how long proxies' certificates are made out, from the day of the store. */
const CERTIFICATE_DAYS = 381

/**
 * Lists the metrics of external key stores' proxies: days left of the certificate, age of the
 * credential in days.
 */
function listProxies(state: RegionState, now: number): Series[] {
  return [...state.keyStores.values()]
    .filter((store) => store.xks)
    .flatMap((store): Series[] => {
      const ageAt = (minute: number) => Math.floor((minute * 60_000 - store.createdAt) / 86_400_000)
      const value = (read: (minute: number) => number) => (from: number) =>
        from * 60_000 > now || ageAt(from) < 0 ? null : read(from)
      const common = { namespace: 'AWS/KMS', statistic: 'Minimum' } as const
      const certificate = {
        CustomKeyStoreId: store.id,
        CertificateName: store.xks?.uriEndpoint.replace('https://', '') ?? '',
      }
      return [
        {
          ...common,
          metricName: 'XksProxyCertificateDaysToExpire',
          dimensions: certificate,
          valueIn: value((minute) => Math.max(0, CERTIFICATE_DAYS - ageAt(minute))),
        },
        {
          ...common,
          metricName: 'XksProxyCredentialAge',
          dimensions: { CustomKeyStoreId: store.id },
          valueIn: value(ageAt),
        },
      ]
    })
}
