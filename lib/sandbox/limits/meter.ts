/**
 * Calls and throttles by account, Region, service and operation, per wall-clock second
 * of arrival. An hour at most.
 */
export type Meter = Map<string, MeterSeries>
type MeterPlace = { accountId: string; region: string; service: string; operation: string }
type MeterSeries = MeterPlace & { seconds: Map<number, [calls: number, throttles: number]> }

const keepSeconds = 3600

export function countCall(
  meter: Meter,
  place: MeterPlace,
  second: number,
  throttled: boolean,
): void {
  const name = `${place.accountId}/${place.region}/${place.service}/${place.operation}`
  let series = meter.get(name)
  if (!series) meter.set(name, (series = { ...place, seconds: new Map() }))
  let cell = series.seconds.get(second)
  if (!cell) {
    series.seconds.set(second, (cell = [0, 0]))
    forget(series.seconds, second - keepSeconds)
  }
  cell[0] += 1
  if (throttled) cell[1] += 1
}

/** Insertion is in time order, so the old ones stand first. */
function forget(seconds: Map<number, [number, number]>, before: number): void {
  for (const second of seconds.keys()) {
    if (second >= before) return
    seconds.delete(second)
  }
}

/** `seconds` is [epoch second, calls (throttled ones among them), throttles]. */
export function readMeter(meter: Meter) {
  return Array.from(meter.values(), ({ seconds, ...place }) => ({
    ...place,
    seconds: Array.from(seconds, ([second, [calls, throttles]]) => [second, calls, throttles]),
  }))
}
