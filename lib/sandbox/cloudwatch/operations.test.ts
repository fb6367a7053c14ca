import { describe, expect, it } from 'vitest'
import type { Call, Input, Json } from '../call'
import { buildScenario } from '../scenario/build'
import { ACCOUNT } from '../scenario/demo/company'
import { callBy } from '../test/call'
import { cloudWatchOperations } from './operations'

const now = Date.UTC(2026, 10, 18, 14)
const world = buildScenario({ scenario: 'demo', now })
const region = 'eu-central-1'

function admin(): Call {
  const arn = `arn:aws:iam::${ACCOUNT.data}:user/admin`
  return callBy(
    world,
    {
      accountId: ACCOUNT.data,
      arn,
      kind: 'user',
      entityArn: arn,
      userId: 'AIDAX',
      accessKeyId: 'AKIAX',
      sessionPolicies: [],
      sourceIdentity: null,
      sessionCreatedAt: null,
    },
    { now: now + 600_000, region, service: 'cloudwatch' },
  )
}

async function run(operation: string, input: Input): Promise<Input> {
  const operate = cloudWatchOperations[operation]
  if (!operate) throw new Error(`no ${operation}`)
  return operate({ ...admin(), operation }, input)
}

type Plain = { [name: string]: Json | undefined }
function records(value: Json | undefined): Plain[] {
  const list = Array.isArray(value) ? value : []
  return list.flatMap((one) => (one && typeof one === 'object' && !Array.isArray(one) ? [one] : []))
}
const numbers = (value: Json | undefined): number[] =>
  (Array.isArray(value) ? value : []).flatMap((one) => (typeof one === 'number' ? [one] : []))

const symmetric = {
  Namespace: 'AWS/Usage',
  MetricName: 'CallCount',
  Dimensions: [
    { Name: 'Type', Value: 'API' },
    { Name: 'Resource', Value: 'CryptographicOperationsSymmetric' },
    { Name: 'Service', Value: 'KMS' },
    { Name: 'Class', Value: 'None' },
  ],
}
const day = 86_400
const ask = (Period: number, days: number, more: Input = {}) =>
  run('GetMetricData', {
    StartTime: now / 1000 - days * day,
    EndTime: now / 1000,
    ...more,
    MetricDataQueries: more.MetricDataQueries ?? [
      { Id: 'm1', MetricStat: { Metric: symmetric, Period, Stat: 'Sum' } },
    ],
  })

describe('CloudWatch', () => {
  it('names the metrics of usage, of keys and of key store proxies', async () => {
    const all = records((await run('ListMetrics', {})).Metrics)
    expect(new Set(all.map((metric) => metric.MetricName))).toEqual(
      new Set([
        'CallCount',
        'SuccessfulRequest',
        'XksProxyCertificateDaysToExpire',
        'XksProxyCredentialAge',
      ]),
    )
    const some = records(
      (
        await run('ListMetrics', {
          Namespace: 'AWS/Usage',
          Dimensions: [{ Name: 'Resource', Value: 'ListGrants' }],
        })
      ).Metrics,
    )
    expect(some).toHaveLength(1)
  })

  it('has minutes for 15 days, hours for longer, newest first unless asked otherwise', async () => {
    const [minutes] = records((await ask(60, 30)).MetricDataResults)
    const times = numbers(minutes?.Timestamps)
    expect(times).toEqual([...times].sort((a, b) => b - a))
    expect(Math.min(...times)).toBeGreaterThanOrEqual(now / 1000 + 600 - 15 * day - 60)
    const [hours] = records(
      (await ask(3600, 60, { ScanBy: 'TimestampAscending' })).MetricDataResults,
    )
    const hourTimes = numbers(hours?.Timestamps)
    expect(hourTimes).toEqual([...hourTimes].sort((a, b) => a - b))
    expect((hourTimes.at(-1) ?? 0) - (hourTimes[0] ?? 0)).toBeGreaterThan(58 * day)
  })

  it('comes near the quota in the nightly batch and stays below it', async () => {
    const [minutes] = records((await ask(60, 14)).MetricDataResults)
    const peak = Math.max(...numbers(minutes?.Values)) / 60 / 20_000
    expect(peak).toBeGreaterThan(0.8)
    expect(peak).toBeLessThan(1)
  })

  it('counts what happens now, in its minute', async () => {
    const usage = world.accounts.get(ACCOUNT.data)?.regions.get(region)?.usage
    usage?.set('CryptographicOperationsSymmetric', new Map([[Math.floor(now / 60_000) + 2, 17]]))
    const [live] = records(
      (await ask(60, 0, { StartTime: now / 1000, EndTime: now / 1000 + 300 })).MetricDataResults,
    )
    expect(numbers(live?.Values)).toEqual([17])
    expect(numbers(live?.Timestamps)).toEqual([Math.floor(now / 60_000) * 60 + 120])
  })

  it('answers SERVICE_QUOTA with the applied quota, and pages by datapoints', async () => {
    const queries = [
      { Id: 'm1', MetricStat: { Metric: symmetric, Period: 3600, Stat: 'Sum' } },
      { Id: 'q1', Expression: 'SERVICE_QUOTA(m1)' },
    ]
    const whole = records((await ask(3600, 2, { MetricDataQueries: queries })).MetricDataResults)
    expect(new Set(numbers(whole[1]?.Values))).toEqual(new Set([20_000]))
    const first = await ask(3600, 2, { MetricDataQueries: queries, MaxDatapoints: 50 })
    const second = await ask(3600, 2, {
      MetricDataQueries: queries,
      MaxDatapoints: 50,
      NextToken: first.NextToken,
    })
    expect([...records(first.MetricDataResults), ...records(second.MetricDataResults)]).toEqual(
      whole,
    )
    expect(second.NextToken).toBeUndefined()
  })
})
