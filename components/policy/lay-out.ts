import type { JsonNode } from '@/lib/policy/document'
import { parsePolicy } from '@/lib/policy/parse'

/**
 * A policy with line breaks and two spaces, every name, value and repetition kept as it is written
 * (JSON.parse would drop the first of two equal names, which IAM refuses and a person must see).
 * Text that is no JSON comes back unchanged.
 */
export function layOutPolicy(text: string): string {
  const { root, problems } = parsePolicy(text, 'key')
  if (root === null) return text
  const laidOut = write(root, text, '')
  // What the parser could not take in is not in its tree: better unformatted than lost.
  return problems.length > 0 && squeeze(laidOut) !== squeeze(text) ? text : laidOut
}

/** As people want to read it: as it was written when it has lines, else laid out. */
export const readablePolicy = (text: string): string =>
  /\n[^]*\n/.test(text.trim()) ? text : layOutPolicy(text)

function write(node: JsonNode, text: string, indent: string): string {
  const inner = `${indent}  `
  if (node.kind === 'object') {
    const members = node.members.map(
      ({ nameSpan, value }) =>
        `${inner}${text.slice(nameSpan.start, nameSpan.end)}: ${write(value, text, inner)}`,
    )
    return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`
  }
  if (node.kind === 'array') {
    const items = node.items.map((item) => `${inner}${write(item, text, inner)}`)
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`
  }
  return text.slice(node.start, node.end)
}

/** The text without white space between tokens. */
const squeeze = (text: string): string =>
  text.replace(/"(?:\\.|[^"\\])*"|\s+/g, (token) => (token.startsWith('"') ? token : ''))
