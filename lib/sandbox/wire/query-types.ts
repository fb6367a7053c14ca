import type { Input, Json } from '../call'

const numbers = new Set(['Period', 'MaxDatapoints'])
const booleans = new Set(['ReturnData', 'IncludeLinkedAccounts'])
/** CloudWatch's members that hold times: epoch seconds inside, ISO text in a form and in XML. */
export const times: ReadonlySet<string> = new Set([
  'Timestamps',
  'Timestamp',
  'StartTime',
  'EndTime',
])

/**
 * A form has text only. CloudWatch's operations, written for JSON, get their
 * numbers, flags and times back.
 */
export function typedInput(input: Input): Input {
  return mapMembers(input, (name, value) => {
    if (typeof value !== 'string') return value
    if (numbers.has(name)) return Number(value)
    if (booleans.has(name)) return value === 'true'
    return times.has(name) ? Date.parse(value) / 1000 : value
  })
}

export function textTimes(output: Input): Input {
  return mapMembers(output, (name, value) =>
    times.has(name) && typeof value === 'number'
      ? `${new Date(value * 1000).toISOString().slice(0, 19)}Z`
      : value,
  )
}

/** Every leaf with the name of the member it stands in, through lists. */
function mapMembers(value: Input, change: (name: string, leaf: Json) => Json): Input {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      member === undefined ? member : mapOne(name, member, change),
    ]),
  )
}

function mapOne(name: string, value: Json, change: (name: string, leaf: Json) => Json): Json {
  if (Array.isArray(value)) return value.map((item) => mapOne(name, item, change))
  return value !== null && typeof value === 'object'
    ? mapMembers(value, change)
    : change(name, value)
}
