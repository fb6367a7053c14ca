'use client'

import { MergeView, unifiedMergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { useEffect, useRef, useState } from 'react'
import { policyDocument, readOnly } from './editor-parts'
import './policy.css'

export type DiffProps = { before: string; after: string; labels: { before: string; after: string } }

/**
 * Two texts side by side, or one under the other where there is no room. What
 * is the same is folded away.
 */
export default function CodeDiff({ before, after, labels }: DiffProps) {
  const place = useRef<HTMLDivElement>(null)
  const isNarrow = useNarrow()
  const { before: beforeLabel, after: afterLabel } = labels
  useEffect(() => {
    const parent = place.current
    if (!parent) return
    const collapseUnchanged = { margin: 3, minSize: 6 }
    if (isNarrow) {
      const view = new EditorView({
        parent,
        state: EditorState.create({
          doc: after,
          extensions: [
            policyDocument(`${beforeLabel} against ${afterLabel}`),
            readOnly,
            unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged }),
          ],
        }),
      })
      return () => view.destroy()
    }
    const view = new MergeView({
      parent,
      collapseUnchanged,
      gutter: true,
      a: { doc: before, extensions: [policyDocument(beforeLabel), readOnly] },
      b: { doc: after, extensions: [policyDocument(afterLabel), readOnly] },
    })
    // It is what scrolls, so the keyboard must reach it.
    view.dom.tabIndex = 0
    view.dom.setAttribute('role', 'region')
    view.dom.setAttribute('aria-label', `${beforeLabel} beside ${afterLabel}`)
    return () => view.destroy()
  }, [before, after, beforeLabel, afterLabel, isNarrow])
  return <div ref={place} className="claviger-code claviger-diff" />
}

function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(false)
  useEffect(() => {
    const query = window.matchMedia('(max-width: 900px)')
    const look = () => setNarrow(query.matches)
    look()
    query.addEventListener('change', look)
    return () => query.removeEventListener('change', look)
  }, [])
  return isNarrow
}
