/** The address of the form of a kind, or of the choice of one, for these keys. */
export const hrefOfRequest = (
  kind: string | null,
  keys: readonly string[],
  more: Readonly<Record<string, string>> = {},
): string => {
  const search = new URLSearchParams(kind === null ? {} : { kind })
  for (const key of keys) search.append('key', key)
  for (const [name, value] of Object.entries(more)) search.set(name, value)
  return `/requests/new?${search}`
}
