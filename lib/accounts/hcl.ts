type Plain = string | number | boolean | null | Plain[] | { [name: string]: Plain } | object

/**
 * Plain data as an HCL expression. `${` and `%{` begin templates in HCL strings and are doubled, so
 * that they stay text. Pure.
 */
export function toHcl(value: Plain, depth = 0): string {
  const pad = '  '.repeat(depth + 1)
  const end = '  '.repeat(depth)
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[\n${value.map((item: Plain) => `${pad}${toHcl(item, depth + 1)},\n`).join('')}${end}]`
  }
  if (typeof value === 'object' && value !== null) {
    return `{\n${Object.entries(value)
      .map(
        ([name, item]: [string, Plain]) =>
          `${pad}${/^[A-Za-z]\w*$/.test(name) ? name : quote(name)} = ${toHcl(item, depth + 1)}\n`,
      )
      .join('')}${end}}`
  }
  return typeof value === 'string' ? quote(value) : String(value)
}

const quote = (text: string) =>
  JSON.stringify(text)
    .replaceAll('${', () => '$${')
    .replaceAll('%{', '%%{')
