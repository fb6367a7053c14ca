import { bracketMatching, foldGutter, foldKeymap, syntaxTree } from '@codemirror/language'
import { json } from '@codemirror/lang-json'
import {
  EditorState,
  RangeSetBuilder,
  StateEffect,
  StateField,
  type Extension,
} from '@codemirror/state'
import {
  Decoration,
  EditorView,
  keymap,
  lineNumbers,
  ViewPlugin,
  type DecorationSet,
  type ViewUpdate,
} from '@codemirror/view'
import { own } from '@/lib/own'

/**
 * The nonce of the document that stands in the browser, which is that of the first
 * request: a later one of the router brings another, that its policy does not know.
 * CodeMirror's style element needs it.
 */
function nonceOfDocument(): string {
  const scripts = [
    ...document.querySelectorAll<HTMLScriptElement>('head script[nonce][src]'),
    ...document.querySelectorAll<HTMLScriptElement>('script[nonce]'),
  ]
  return scripts.find(({ nonce }) => nonce !== '')?.nonce ?? ''
}

const kinds: Record<string, string> = {
  PropertyName: 'name',
  String: 'string',
  Number: 'literal',
  True: 'literal',
  False: 'literal',
  Null: 'literal',
}
const colours = new Map(
  [...new Set(Object.values(kinds))].map((kind) => [
    kind,
    Decoration.mark({ class: `claviger-json-${kind}` }),
  ]),
)

/** Colours by class, so that the sheet of the page decides about light and dark. */
const coloured = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet
    constructor(view: EditorView) {
      this.decorations = colourVisible(view)
    }
    update({ docChanged, viewportChanged, startState, state, view }: ViewUpdate) {
      if (docChanged || viewportChanged || syntaxTree(startState) !== syntaxTree(state))
        this.decorations = colourVisible(view)
    }
  },
  { decorations: ({ decorations }) => decorations },
)

function colourVisible(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>()
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter: (node) => {
        const colour = colours.get(own(kinds, node.name) ?? '')
        if (colour && node.to > node.from) builder.add(node.from, node.to, colour)
      },
    })
  }
  return builder.finish()
}

export const setLit = StateEffect.define<{ start: number; end: number } | null>()
const litLine = Decoration.line({ class: 'claviger-lit' })

/** The lines of one statement, lit. */
const litLines = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(lines, transaction) {
    const mapped = transaction.docChanged ? Decoration.none : lines
    return transaction.effects.reduce(
      (current, effect) => (effect.is(setLit) ? linesOf(transaction.state, effect.value) : current),
      mapped,
    )
  },
  provide: (field) => EditorView.decorations.from(field),
})

function linesOf({ doc }: EditorState, span: { start: number; end: number } | null): DecorationSet {
  if (!span || span.start > doc.length) return Decoration.none
  const last = doc.lineAt(Math.min(Math.max(span.end - 1, span.start), doc.length)).number
  const first = doc.lineAt(span.start).number
  return Decoration.set(
    Array.from({ length: last - first + 1 }, (_, i) => litLine.range(doc.line(first + i).from)),
  )
}

/**
 * What every view of a policy has: JSON, numbers, folding, colours; keys
 * that leave Tab to the page.
 */
export const policyDocument = (label: string): Extension => [
  EditorView.cspNonce.of(nonceOfDocument()),
  // Editable content takes the focus by itself; axe believes it only where it is said.
  EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
  EditorView.lineWrapping,
  lineNumbers(),
  foldGutter(),
  bracketMatching(),
  json(),
  coloured,
  litLines,
  keymap.of(foldKeymap),
]

export const readOnly: Extension = [
  EditorState.readOnly.of(true),
  EditorView.contentAttributes.of({ 'aria-readonly': 'true' }),
]
