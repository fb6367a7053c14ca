type Plain = string | number | boolean | null | Plain[] | { [name: string]: Plain } | object

/**
 * Plain data as YAML: block style, every string double-quoted as JSON quotes it, which
 * YAML reads the same. Pure.
 */
export function toYaml(value: Plain, depth = 0): string {
  const pad = '  '.repeat(depth)
  if (Array.isArray(value)) {
    return value
      .map((item: Plain) =>
        isBranch(item)
          ? `${pad}- ${toYaml(item, depth + 1).trimStart()}`
          : `${pad}- ${JSON.stringify(item)}\n`,
      )
      .join('')
  }
  if (typeof value !== 'object' || value === null) return `${pad}${JSON.stringify(value)}\n`
  return Object.entries(value)
    .map(([name, item]: [string, Plain]) => {
      const key = /^[A-Za-z][\w]*$/.test(name) ? name : JSON.stringify(name)
      return isBranch(item)
        ? `${pad}${key}:\n${toYaml(item, depth + 1)}`
        : `${pad}${key}: ${JSON.stringify(item)}\n`
    })
    .join('')
}

const isBranch = (value: Plain) =>
  typeof value === 'object' &&
  value !== null &&
  (Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0)
