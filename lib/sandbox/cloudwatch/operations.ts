import { placeOf } from '../accounts'
import { authorizeService } from '../authz/authorize'
import { AwsError, type Call, type Input, type Operations } from '../call'
import { readNumber, readRecord, readRecords, readText } from '../kms/read-input'
import { page } from '../paging'
import { appliedValue, KNOWN_QUOTAS } from '../quotas/read'
import { listSeries, type Series } from './series'

const MOST_DATAPOINTS = 100_800

/** CloudWatch, as far as the metrics of KMS go (aws-facts 6.4, 7.9). */
export const cloudWatchOperations: Operations = {
  ListMetrics: (call, input) => {
    authorizeService(call, { action: 'cloudwatch:ListMetrics', resourceArn: '*' })
    const found = page(
      call,
      enter(call).filter((series) => fits(series, input)),
      {
        limit: undefined,
        default: 500,
        max: 500,
        marker: input.NextToken,
        key: nameOf,
        invalidMarker: 'InvalidParameterValue',
      },
    )
    const Metrics = found.items.map((series) => ({
      Namespace: series.namespace,
      MetricName: series.metricName,
      Dimensions: dimensionList(series),
    }))
    return found.next === undefined ? { Metrics } : { Metrics, NextToken: found.next }
  },
  GetMetricData: (call, input) => {
    authorizeService(call, { action: 'cloudwatch:GetMetricData', resourceArn: '*' })
    return getMetricData(call, input)
  },
}

function enter(call: Call): Series[] {
  return listSeries(call.world, call.caller.accountId, placeOf(call).state, call.now)
}

const dimensionList = (series: Series) =>
  Object.entries(series.dimensions).map(([Name, Value]) => ({ Name, Value }))
const nameOf = (series: Series) =>
  `${series.namespace}/${series.metricName}/${JSON.stringify(series.dimensions)}`

function fits(series: Series, input: Input): boolean {
  const namespace = readText(input, 'Namespace')
  const metricName = readText(input, 'MetricName')
  if (
    (namespace ?? series.namespace) !== series.namespace ||
    (metricName ?? series.metricName) !== series.metricName
  )
    return false
  return readRecords(input, 'Dimensions').every((filter) => {
    const own = series.dimensions[readText(filter, 'Name') ?? '']
    return own !== undefined && (readText(filter, 'Value') ?? own) === own
  })
}

type Window = { from: number; to: number; newestFirst: boolean; now: number }
type Points = { timestamps: number[]; values: number[] }
type Result = Points & { id: string; label: string; shown: boolean; series: Series | null }

function getMetricData(call: Call, input: Input): Input {
  const queries = readRecords(input, 'MetricDataQueries')
  if (queries.length === 0 || queries.length > 500)
    throw invalid('The parameter MetricDataQueries must hold 1 to 500 queries.')
  const from = readNumber(input, 'StartTime')
  const to = readNumber(input, 'EndTime')
  if (from === undefined || to === undefined || from >= to) {
    throw invalid('The parameter StartTime must be less than the parameter EndTime.')
  }
  const window = {
    from,
    to: Math.min(to, call.now / 1000),
    newestFirst: readText(input, 'ScanBy') !== 'TimestampAscending',
    now: call.now / 1000,
  }
  const byName = new Map(enter(call).map((series) => [nameOf(series), series]))
  const results: Result[] = []
  for (const query of queries) results.push(answerQuery(call, query, window, byName, results))
  return pageResults(
    input,
    results.filter((result) => result.shown),
  )
}

/** Whole results as far as MaxDatapoints goes, at least one. The token counts the results given. */
function pageResults(input: Input, results: Result[]): Input {
  const most = Math.min(readNumber(input, 'MaxDatapoints') ?? MOST_DATAPOINTS, MOST_DATAPOINTS)
  const token = readText(input, 'NextToken')
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString())
  if (!Number.isInteger(start) || start < 0 || start > results.length)
    throw invalid('The NextToken is not valid.')
  let end = start
  for (let points = 0; end < results.length; end += 1) {
    points += results[end]?.values.length ?? 0
    if (points > most && end > start) break
  }
  const MetricDataResults = results.slice(start, end).map(({ id, label, timestamps, values }) => ({
    Id: id,
    Label: label,
    Timestamps: timestamps,
    Values: values,
    StatusCode: 'Complete',
  }))
  const next =
    end < results.length ? { NextToken: Buffer.from(String(end)).toString('base64') } : {}
  return { MetricDataResults, Messages: [], ...next }
}

function answerQuery(
  call: Call,
  query: Input,
  window: Window,
  byName: Map<string, Series>,
  known: Result[],
): Result {
  const id = readText(query, 'Id') ?? ''
  if (!/^[a-z][A-Za-z0-9_]{0,254}$/.test(id)) {
    throw invalid(
      `The value ${id} for parameter Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    )
  }
  const shown = query.ReturnData !== false
  const expression = readText(query, 'Expression')
  if (expression !== undefined)
    return {
      ...evaluate(call, expression, known),
      id,
      shown,
      series: null,
      label: readText(query, 'Label') ?? expression,
    }
  const stat = readRecord(query, 'MetricStat')
  const metric = stat && readRecord(stat, 'Metric')
  if (!stat || !metric) throw invalid('Either MetricStat or Expression must be given.')
  const dimensions = Object.fromEntries(
    readRecords(metric, 'Dimensions')
      .map((one) => [readText(one, 'Name') ?? '', readText(one, 'Value') ?? ''])
      .sort(),
  )
  const found = [...byName.values()].find(
    (series) =>
      series.namespace === readText(metric, 'Namespace') &&
      series.metricName === readText(metric, 'MetricName') &&
      sameDimensions(series.dimensions, dimensions),
  )
  const period = readNumber(stat, 'Period') ?? 60
  if (period % 60 !== 0 || period < 60)
    throw invalid('The parameter Period must be a multiple of 60.')
  const label = readText(query, 'Label') ?? readText(metric, 'MetricName') ?? id
  return {
    id,
    label,
    shown,
    series: found ?? null,
    ...(found
      ? measure(found, period, readText(stat, 'Stat') ?? 'Sum', window)
      : { timestamps: [], values: [] }),
  }
}

function sameDimensions(own: Record<string, string>, asked: Record<string, string>): boolean {
  const names = Object.keys(own)
  return (
    names.length === Object.keys(asked).length && names.every((name) => own[name] === asked[name])
  )
}

/**
 * One point a period that has data: one-minute data are kept 15 days,
 * five-minute ones 63, hours 455.
 */
function measure(series: Series, period: number, statistic: string, window: Window): Points {
  const keptDays = period < 300 ? 15 : period < 3600 ? 63 : 455
  const start = Math.floor(Math.max(window.from, window.now - keptDays * 86_400) / period) * period
  const points: [at: number, value: number][] = []
  for (let at = start; at < window.to; at += period) {
    const value = series.valueIn(at / 60, (at + period) / 60)
    if (value !== null)
      points.push([
        at,
        series.statistic === 'Sum' && statistic === 'Average' ? value / (period / 60) : value,
      ])
  }
  if (window.newestFirst) points.reverse()
  return { timestamps: points.map(([at]) => at), values: points.map(([, value]) => value) }
}

/**
 * The one function the console's users meet: SERVICE_QUOTA(m1), the quota of a usage metric, a
 * value for each of its points.
 */
function evaluate(call: Call, expression: string, known: Result[]): Points {
  const id = /^SERVICE_QUOTA\((\w+)\)$/.exec(expression.replace(/\s/g, ''))?.[1]
  const source = known.find((result) => result.id === id)
  if (!source)
    throw invalid(
      `Error in expression '${expression}': the sandbox knows SERVICE_QUOTA(id) only, of an earlier query.`,
    )
  const resource = source.series?.dimensions.Resource
  const quota =
    resource === undefined
      ? undefined
      : KNOWN_QUOTAS.find((one) => one.request?.usageResource === resource)
  const { state } = placeOf(call)
  return {
    timestamps: source.timestamps,
    values: source.timestamps.map(() => (quota ? appliedValue(state, quota) : 0)),
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message)
}
