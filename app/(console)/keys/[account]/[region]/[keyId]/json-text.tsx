'use client'

import { Fragment, useMemo } from 'react'

/**
 * JSON, laid out and coloured by kind of token. Text that is not JSON is shown as
 * it is. Scrolls by keyboard.
 */
export function JsonText({ text, label }: { text: string; label: string }) {
  const laidOut = useMemo(() => layOut(text), [text])
  return (
    <pre className="claviger-json" tabIndex={0} role="region" aria-label={label}>
      {splitTokens(laidOut).map((token, i) =>
        token.kind ? (
          <span key={i} className={`claviger-json-${token.kind}`}>
            {token.text}
          </span>
        ) : (
          <Fragment key={i}>{token.text}</Fragment>
        ),
      )}
    </pre>
  )
}

function layOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

type Token = { text: string; kind?: 'name' | 'string' | 'literal' }
const tokens = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\b/g

function splitTokens(text: string): Token[] {
  const found: Token[] = []
  let end = 0
  for (const match of text.matchAll(tokens)) {
    if (match.index > end) found.push({ text: text.slice(end, match.index) })
    const [whole, quoted, colon] = match
    if (quoted) found.push({ text: quoted, kind: colon ? 'name' : 'string' }, { text: colon ?? '' })
    else found.push({ text: whole, kind: 'literal' })
    end = match.index + whole.length
  }
  found.push({ text: text.slice(end) })
  return found
}
