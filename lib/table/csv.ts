/**
 * One CSV field (RFC 4180). A text that a spreadsheet would take for a formula (= + - @ tab CR
 * first) is given an apostrophe, as aliases, tags and descriptions are other people's text;
 * numbers are ours and stay numbers. Where a spreadsheet separates by semicolon or tab, or
 * breaks lines inside quotes, a field may become several cells: the beginning of each of those
 * is guarded. What follows is looked at before what stands before: the other way round a cell
 * of spaces is read through at each of them.
 */
export function csvField(value: string | number | null): string {
  if (typeof value === 'number') return String(value)
  const text = value ?? ''
  const safe = text.replaceAll(/(?=[=+\-@\t\r])(?<=(?:^|[;\t\r\n])[" ]*)/gu, "'")
  return /[",;\t\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const csvLine = (fields: readonly (string | number | null)[]) =>
  `${fields.map(csvField).join(',')}\r\n`
