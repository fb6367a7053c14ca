'use client'

import { autocompletion, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { Annotation, EditorState, type Extension } from '@codemirror/state'
import { EditorView, highlightActiveLine, keymap } from '@codemirror/view'
import { useEffect, useRef, type RefObject } from 'react'
import type { LintFinding } from '@/lib/policy/lint/lint'
import { completePolicy, type FindPrincipals } from './completion'
import { policyDocument, readOnly, setLit } from './editor-parts'
import './policy.css'

export type CodeProps = {
  text: string
  label: string
  /** Absent: read only. */
  onChange?: (text: string) => void
  /** Of exactly this text. */
  findings?: readonly LintFinding[]
  lit?: { start: number; end: number } | null
  /** Where to go; each new object goes there again. `focus`: with the cursor. */
  goTo?: { offset: number; focus: boolean } | null
  findPrincipals?: FindPrincipals
}

const fromOutside = Annotation.define<boolean>()

type Shown = {
  view: RefObject<EditorView | null>
  /** Changes with each view that is made: a new one is told everything anew. */
  made: string
}

/** The editor in its place on the page, made anew when it becomes another one. */
function useEditor({ text, label, onChange, findPrincipals }: CodeProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const latest = useRef({ onChange, findPrincipals, text })
  useEffect(() => {
    latest.current = { onChange, findPrincipals, text }
  })
  const isEditable = onChange !== undefined
  useEffect(() => {
    if (!place.current) return
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [
          policyDocument(label),
          lintGutter(),
          keymap.of(lintKeymap),
          isEditable ? editing(latest) : readOnly,
        ],
      }),
    })
    view.current = made
    return () => made.destroy()
  }, [label, isEditable])
  return { place, view, made: `${label} ${isEditable}` }
}

function useText({ view, made }: Shown, text: string) {
  useEffect(() => {
    const { current } = view
    if (!current || current.state.doc.toString() === text) return
    current.dispatch({
      changes: { from: 0, to: current.state.doc.length, insert: text },
      annotations: fromOutside.of(true),
    })
  }, [view, made, text])
}

function useFindings({ view, made }: Shown, { text, findings }: CodeProps) {
  useEffect(() => {
    const { current } = view
    if (current && current.state.doc.toString() === text)
      current.dispatch(
        setDiagnostics(
          current.state,
          (findings ?? []).map((finding) => toDiagnostic(finding, text.length)),
        ),
      )
  }, [view, made, text, findings])
}

function useLit({ view, made }: Shown, { text, lit }: CodeProps) {
  useEffect(() => {
    const { current } = view
    if (!current) return
    const isThere = lit && lit.start <= current.state.doc.length
    current.dispatch({
      effects: [
        setLit.of(lit ?? null),
        ...(isThere ? [EditorView.scrollIntoView(lit.start, { y: 'nearest', yMargin: 40 })] : []),
      ],
    })
  }, [view, made, text, lit])
}

function useGoTo({ view, made }: Shown, goTo: CodeProps['goTo']) {
  useEffect(() => {
    const { current } = view
    if (!current || !goTo) return
    const offset = Math.min(goTo.offset, current.state.doc.length)
    current.dispatch({
      selection: { anchor: offset },
      effects: EditorView.scrollIntoView(offset, { y: 'center' }),
    })
    if (goTo.focus) current.focus()
  }, [view, made, goTo])
}

/** One policy in CodeMirror. Load it by PolicyCode, which keeps it out of the page's first load. */
export default function CodeMirror(props: CodeProps) {
  const { place, ...shown } = useEditor(props)
  useText(shown, props.text)
  useFindings(shown, props)
  useLit(shown, props)
  useGoTo(shown, props.goTo)
  return <div ref={place} className="claviger-code" />
}

type Latest = { current: Pick<CodeProps, 'onChange' | 'findPrincipals'> }

const editing = (latest: Latest): Extension => [
  history(),
  highlightActiveLine(),
  autocompletion({
    override: [
      (context) => completePolicy(latest.current.findPrincipals ?? (async () => []))(context),
    ],
    maxRenderedOptions: 60,
  }),
  keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
  EditorView.updateListener.of(({ docChanged, state, transactions }) => {
    if (docChanged && !transactions.some((transaction) => transaction.annotation(fromOutside)))
      latest.current.onChange?.(state.doc.toString())
  }),
]

const severities = {
  error: 'error',
  'security-warning': 'warning',
  warning: 'warning',
  suggestion: 'info',
} as const

/**
 * What is said of the whole document stands at its first character:
 * underlining everything shows nothing.
 */
function toDiagnostic(
  { path, range, severity, message, fix, code }: LintFinding,
  length: number,
): Diagnostic {
  const from = Math.min(range.start.offset, length)
  const to = path === '' ? from + 1 : Math.max(range.end.offset, from)
  return {
    from,
    to: Math.min(to, length),
    severity: severities[severity],
    message: `${message} ${fix}`.trim(),
    source: code,
  }
}
