/** IAM's numbers: decimal, with sign and exponent. null for anything else. */
export function parseNumeric(text: string): number | null {
  return /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : null
}

const isoDate =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?([Zz]|[+-]\d{2}:?\d{2})?)?)?)?$/

/**
 * Milliseconds since 1970 of a W3C profile ISO 8601 date (`2026-11-21`, `2026-11-21T08:00:00Z`) or
 * of epoch seconds; null for anything else. Four digits are a year. Without a zone it is UTC.
 */
export function parseDate(text: string): number | null {
  const match = isoDate.exec(text)
  if (!match) {
    const epoch = /^-?\d{1,15}(?:\.\d{1,9})?$/.test(text) ? Number(text) : null
    return epoch === null ? null : epoch * 1000
  }
  const part = (index: number, otherwise: number): number =>
    match[index] === undefined ? otherwise : Number(match[index])
  const [year, month, day, hour, minute, second] = [
    part(1, 0),
    part(2, 1),
    part(3, 1),
    part(4, 0),
    part(5, 0),
    part(6, 0),
  ]
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysIn(year, month) ||
    hour > 24 ||
    minute > 59 ||
    second > 60
  )
    return null
  const milliseconds = match[7] === undefined ? 0 : Math.floor(Number(`0.${match[7]}`) * 1000)
  return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds) - zoneOffsetMs(match[8])
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function zoneOffsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0
  const sign = zone.startsWith('-') ? -1 : 1
  const digits = zone.slice(1).replace(':', '')
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000
}

export function parseBool(text: string): boolean | null {
  const lower = text.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : null
}

/**
 * Base64 without its padding, so that two spellings of the same bytes compare equal;
 * null for what is no base64.
 */
export function parseBinary(text: string): string | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null
  const bare = text.replace(/=+$/, '')
  return bare.length % 4 === 1 ? null : bare
}
