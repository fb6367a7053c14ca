import type { RequestContext } from './context'
import { markWildcards } from './match'
import { splitVariables, type Piece } from './variables'

/** A value with policy variables in it, to be filled from the request. */
export interface Template {
  pieces: readonly (Piece & { literal?: boolean })[]
}

/**
 * null: no variables to fill. `${*}`, `${?}`, `${$}` are resolved at once;
 * wildcards are marked where `wild`.
 */
export function compileText(
  value: string,
  variables: boolean,
  wild: boolean,
): { text: string } | { template: Template } {
  const mark = wild ? markWildcards : (text: string): string => text
  if (!variables || !value.includes('${')) return { text: mark(value) }
  const pieces = splitVariables(value).pieces.map((piece) =>
    piece.kind === 'text' && !piece.literal ? { ...piece, text: mark(piece.text) } : piece,
  )
  if (pieces.some((piece) => piece.kind === 'variable')) return { template: { pieces } }
  return { text: pieces.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('') }
}

/**
 * null: a variable has no value, so the text matches nothing. 'open': a key that the
 * request does not mention decides.
 */
export function fillTemplate(
  template: Template,
  context: RequestContext,
): { text: string } | 'open' | null {
  let text = ''
  for (const piece of template.pieces) {
    if (piece.kind === 'text') {
      text += piece.text
      continue
    }
    const values = context.find(piece.key.toLowerCase())
    if (values === undefined && !context.complete) return 'open'
    // A key with several values is no variable (IAM, "Single-valued vs. multivalued context keys").
    const value = values?.length === 1 ? values[0] : piece.fallback
    if (value === undefined || value === null) return null
    text += value
  }
  return { text }
}
