import type {
  JsonNode,
  JsonObject,
  Located,
  PolicyProblem,
  PolicyType,
  ProblemSeverity,
  Span,
} from './document'
import { findLineStarts, positionAt } from './locate'

/** What the parts of the parser share: the text's type, and where problems go. */
export class Parsing {
  readonly problems: PolicyProblem[] = []
  private readonly starts: number[]

  constructor(
    readonly type: PolicyType,
    text: string,
  ) {
    this.starts = findLineStarts(text)
  }

  /**
   * Enough is reported: the rest of a hostile document is not read, and the document
   * counts as not fully known.
   */
  get full(): boolean {
    return this.problems.length >= 300
  }

  report(
    code: string,
    path: string,
    span: Span,
    message: string,
    severity: ProblemSeverity = 'error',
  ): void {
    if (this.full) return
    const range = {
      start: positionAt(this.starts, span.start),
      end: positionAt(this.starts, span.end),
    }
    this.problems.push({ code, severity, path, range, message })
  }

  /**
   * The last of several members of the same name counts, as IAM reads it; each
   * earlier one gets a warning.
   */
  membersOf(object: JsonObject, path: string): Map<string, { node: JsonNode; name: Span }> {
    const members = new Map<string, { node: JsonNode; name: Span }>()
    for (const { name, nameSpan, value } of object.members) {
      const earlier = members.get(name)
      if (earlier) {
        const place = path === '' ? name : `${path}.${name}`
        this.report(
          'DUPLICATE_ELEMENT',
          place,
          earlier.name,
          `"${name}" stands here twice; only the last one counts.`,
          'warning',
        )
      }
      members.set(name, { node: value, name: nameSpan })
    }
    return members
  }

  /** A string, or a problem and null. */
  readString(node: JsonNode, path: string, what: string): Located<string> | null {
    if (node.kind === 'string') return { value: node.text, path, span: spanOf(node) }
    this.report(
      'DATA_TYPE_MISMATCH',
      path,
      node,
      `${what} must be a string, not ${describe(node)}.`,
    )
    return null
  }

  /** A string or a list of strings; what is neither is reported and left out. */
  readStrings(
    node: JsonNode,
    path: string,
    what: string,
  ): { list: boolean; values: Located<string>[]; sound: boolean } {
    if (node.kind !== 'array') {
      const value = this.readString(node, path, what)
      return { list: false, values: value ? [value] : [], sound: value !== null }
    }
    const values: Located<string>[] = []
    for (const [index, item] of node.items.entries()) {
      if (this.full) break
      const value = this.readString(item, `${path}[${index}]`, what)
      if (value) values.push(value)
    }
    return { list: true, values, sound: values.length === node.items.length }
  }
}

export function spanOf(span: Span): Span {
  return { start: span.start, end: span.end }
}

/** `a list`, `a number`, …: for messages. */
export function describe(node: JsonNode): string {
  return node.kind === 'array'
    ? 'a list'
    : node.kind === 'object'
      ? 'an object'
      : node.kind === 'null'
        ? 'null'
        : `a ${node.kind}`
}
