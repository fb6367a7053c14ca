import type { JsonArray, JsonMember, JsonNode, JsonObject, JsonScalar, Span } from './document'

/** Policies nest six deep at most; the limit keeps hostile text from overflowing the stack. */
const maxDepth = 64

interface JsonFailure {
  message: string
  span: Span
}
export interface JsonReading {
  root: JsonNode | null
  failure: JsonFailure | null
}

/**
 * Strict JSON with places. Never throws: at the first failure it stops and
 * gives what was read until then.
 */
export function readJson(text: string): JsonReading {
  const reader = new Reader(text)
  return { root: reader.readDocument(), failure: reader.failure }
}

/** The same tree for a value that was parsed elsewhere; its places are all zero. */
export function nodeOfValue(value: unknown, depth = 0): JsonNode {
  const span = { start: 0, end: 0 }
  if (depth > maxDepth) return { kind: 'null', value: null, text: 'null', ...span }
  if (Array.isArray(value))
    return { kind: 'array', items: value.map((item) => nodeOfValue(item, depth + 1)), ...span }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, item]) => ({
      name,
      nameSpan: span,
      value: nodeOfValue(item, depth + 1),
    }))
    return { kind: 'object', members, ...span }
  }
  if (typeof value === 'string') return { kind: 'string', value, text: value, ...span }
  if (typeof value === 'number') return { kind: 'number', value, text: String(value), ...span }
  if (typeof value === 'boolean') return { kind: 'boolean', value, text: String(value), ...span }
  return { kind: 'null', value: null, text: 'null', ...span }
}

const literals: readonly [string, JsonScalar['kind'], boolean | null][] = [
  ['true', 'boolean', true],
  ['false', 'boolean', false],
  ['null', 'null', null],
]
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

class Reader {
  failure: JsonFailure | null = null
  private at = 0

  constructor(private readonly text: string) {}

  readDocument(): JsonNode | null {
    this.skipSpace()
    const root = this.readValue(0)
    if (!this.failure) {
      this.skipSpace()
      if (this.at < this.text.length)
        this.fail('There is text after the end of the policy.', this.at, this.text.length)
    }
    return root
  }

  private fail(message: string, start = this.at, end = start + 1): null {
    this.failure ??= { message, span: { start, end: Math.min(end, this.text.length) } }
    return null
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
      this.at++
    }
  }

  private readValue(depth: number): JsonNode | null {
    if (depth > maxDepth) return this.fail(`Nested more than ${maxDepth} levels deep.`)
    const first = this.text[this.at]
    if (first === undefined)
      return this.fail('The text ends where a value is expected.', this.at, this.at)
    if (first === '{') return this.readObject(depth)
    if (first === '[') return this.readArray(depth)
    if (first === '"') return this.readString()
    if (first === '-' || (first >= '0' && first <= '9')) return this.readNumber()
    for (const [word, kind, value] of literals) {
      if (!this.text.startsWith(word, this.at)) continue
      const start = this.at
      this.at += word.length
      return { kind, value, text: word, start, end: this.at }
    }
    return this.fail(`A value cannot begin with ${JSON.stringify(first)}.`)
  }

  private readObject(depth: number): JsonObject {
    const node: JsonObject = { kind: 'object', members: [], start: this.at, end: this.at + 1 }
    this.readItems('}', node, () => {
      if (this.text[this.at] !== '"') return this.fail('Expected a name in double quotes.')
      const name = this.readString()
      if (!name) return null
      this.skipSpace()
      if (this.text[this.at] !== ':') return this.fail('Expected a colon after the name.')
      this.at++
      this.skipSpace()
      const value = this.readValue(depth + 1)
      if (value) node.members.push(memberOf(name, value))
      return value
    })
    return node
  }

  private readArray(depth: number): JsonArray {
    const node: JsonArray = { kind: 'array', items: [], start: this.at, end: this.at + 1 }
    this.readItems(']', node, () => {
      const item = this.readValue(depth + 1)
      if (item) node.items.push(item)
      return item
    })
    return node
  }

  /** What object and array share: commas, the closing bracket, and the end of the node. */
  private readItems(close: string, node: Span, readItem: () => unknown): void {
    this.at++
    this.skipSpace()
    if (this.text[this.at] === close) {
      node.end = ++this.at
      return
    }
    while (!this.failure) {
      readItem()
      node.end = this.at
      if (this.failure) return
      this.skipSpace()
      const next = this.text[this.at]
      if (next === close) {
        node.end = ++this.at
        return
      }
      if (next !== ',') {
        this.fail(
          next === undefined
            ? `The text ends before the closing ${close}.`
            : `Expected a comma or ${close}.`,
        )
        return
      }
      this.at++
      this.skipSpace()
      if (this.text[this.at] === close) this.fail('There is a comma before the end.')
    }
  }

  private readString(): JsonScalar | null {
    const start = this.at++
    let value = ''
    let from = this.at
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (Number.isNaN(code)) return this.fail('A string is not closed.', start, this.text.length)
      if (code === 34) break
      if (code < 32)
        return this.fail('A string contains a line break or another control character.')
      if (code !== 92) {
        this.at++
        continue
      }
      value += this.text.slice(from, this.at)
      const escaped = this.readEscape()
      if (escaped === null) return null
      value += escaped
      from = this.at
    }
    value += this.text.slice(from, this.at++)
    return { kind: 'string', value, text: value, start, end: this.at }
  }

  private readEscape(): string | null {
    const letter = this.text[this.at + 1] ?? ''
    const simple = escapes[letter]
    if (simple !== undefined) {
      this.at += 2
      return simple
    }
    const hex = this.text.slice(this.at + 2, this.at + 6)
    if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex))
      return this.fail('Not an escape that JSON knows.', this.at, this.at + 2)
    this.at += 6
    return String.fromCharCode(Number.parseInt(hex, 16))
  }

  private readNumber(): JsonScalar | null {
    const pattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
    pattern.lastIndex = this.at
    const text = pattern.exec(this.text)?.[0]
    if (text === undefined) return this.fail('Not a number.')
    const start = this.at
    this.at += text.length
    return { kind: 'number', value: Number(text), text, start, end: this.at }
  }
}

function memberOf(name: JsonScalar, value: JsonNode): JsonMember {
  return { name: name.text, nameSpan: { start: name.start, end: name.end }, value }
}
