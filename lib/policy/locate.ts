import type { PolicyDocument, Position, Range, Span } from './document'

const lineStarts = new WeakMap<PolicyDocument, number[]>()

/** Lines end at \n, \r\n or a lone \r, as CodeMirror splits them. */
export function findLineStarts(text: string): number[] {
  const starts = [0]
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1)
  }
  return starts
}

export function positionAt(starts: readonly number[], offset: number): Position {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { offset, line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
}

/** Line and column (from 1) of a span of the document. */
export function rangeOf(document: PolicyDocument, span: Span): Range {
  let starts = lineStarts.get(document)
  if (!starts) lineStarts.set(document, (starts = findLineStarts(document.text)))
  return { start: positionAt(starts, span.start), end: positionAt(starts, span.end) }
}
