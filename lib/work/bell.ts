/** What wakes a loop that rests. It remembers: what rings while nobody rests is not lost. */
export type Bell = {
  ring: () => void
  /** Forgets what rang. Call it before looking for work, so that what rings later is looked for. */
  hush: () => void
  /** Resolves when it rings, or rang since it was hushed, after this time, or at the signal. */
  rest: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Makes a bell for one loop: one rest at a time. */
export function makeBell(): Bell {
  let rang = false
  let wake = () => {}
  return {
    ring() {
      rang = true
      wake()
    },
    hush() {
      rang = false
    },
    rest(ms, signal) {
      if (rang || signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', end)
          wake = () => {}
          resolve()
        }
        const timer = setTimeout(end, ms)
        signal.addEventListener('abort', end)
        wake = end
      })
    },
  }
}
