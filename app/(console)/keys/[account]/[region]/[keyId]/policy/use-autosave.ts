'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import type { Draft } from '@/lib/drafts/read'
import type { Failure } from '@/lib/result'
import { changeDraft } from './actions'

export type Written = { text: string; note: string }
/** conflict: saved elsewhere since; it stays as it is until the person reloads. */
export type SaveState =
  | { kind: 'saved' | 'waiting' | 'saving' }
  | { kind: 'failed'; failure: Failure }

const quietMs = 1_200

/** Saves a draft a moment after its author pauses, one save at a time, and says how that went. */
export function useAutosave({ id, keyArn, text, note, updatedAt }: Draft, isMine: boolean) {
  const [written, setWritten] = useState<Written>({ text, note })
  const [savedAt, setSavedAt] = useState(updatedAt)
  const [state, setState] = useState<SaveState>({ kind: 'saved' })
  const work = useRef({ seenAt: updatedAt, latest: written, saved: written, isSaving: false })
  const save = useCallback(
    async (baseHash?: string) => {
      const { current } = work
      if (current.isSaving) return
      current.isSaving = true
      setState({ kind: 'saving' })
      const sent = current.latest
      try {
        const result = await changeDraft({
          arn: keyArn,
          id,
          seenAt: current.seenAt,
          ...sent,
          ...(baseHash ? { baseHash } : {}),
        })
        if (!result.ok) return setState({ kind: 'failed', failure: result.error })
        current.seenAt = result.data.updatedAt
        current.saved = sent
        setSavedAt(result.data.updatedAt)
        setState({ kind: current.latest === sent ? 'saved' : 'waiting' })
      } catch {
        setState({
          kind: 'failed',
          failure: {
            code: 'unexpected',
            message: 'The console did not answer. What you wrote is still here.',
          },
        })
      } finally {
        current.isSaving = false
      }
    },
    [id, keyArn],
  )
  const write = useCallback(
    (change: Partial<Written>) => {
      if (!isMine) return
      const latest = { ...work.current.latest, ...change }
      work.current.latest = latest
      setWritten(latest)
      setState((now) =>
        now.kind === 'failed' && now.failure.code !== 'unexpected' ? now : { kind: 'waiting' },
      )
    },
    [isMine],
  )
  useEffect(() => {
    if (state.kind !== 'waiting') return
    const timer = setTimeout(() => void save(), quietMs)
    return () => clearTimeout(timer)
  }, [state, written, save])
  useLeaveWarning(state.kind !== 'saved')
  return { written, write, save, state, savedAt }
}

/** The browser asks before it leaves what is not saved. */
function useLeaveWarning(isOpen: boolean): void {
  useEffect(() => {
    if (!isOpen) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isOpen])
}
