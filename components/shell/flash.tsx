'use client'

import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar'
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react'
import type { Failure } from '@/lib/result'

type Message = FlashbarProps.MessageDefinition
type Flash = {
  /** Says that something was done. */
  success(content: ReactNode): void
  /** Says what an action or a handler refused, in its own words. */
  failure(failure: Failure, header?: string): void
  /** Anything else; the same id replaces what stood there. */
  show(message: Message): void
  dismiss(id: string): void
}

const FlashContext = createContext<Flash | null>(null)
const MessagesContext = createContext<readonly Message[]>([])
let nextId = 0

export function FlashProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<readonly Message[]>([])
  const dismiss = useCallback(
    (id: string) => setMessages((all) => all.filter((m) => m.id !== id)),
    [],
  )
  const flash = useMemo<Flash>(() => {
    const show = (message: Message) => {
      const id = message.id ?? `flash-${++nextId}`
      const shown: Message = {
        dismissible: true,
        dismissLabel: 'Dismiss',
        onDismiss: () => dismiss(id),
        ...message,
        id,
      }
      setMessages((all) => [shown, ...all.filter((m) => m.id !== id)].slice(0, 5))
    }
    return {
      show,
      dismiss,
      success: (content) => show({ type: 'success', content }),
      failure: ({ message }, header) => show({ type: 'error', header, content: message }),
    }
  }, [dismiss])
  return (
    <FlashContext.Provider value={flash}>
      <MessagesContext.Provider value={messages}>{children}</MessagesContext.Provider>
    </FlashContext.Provider>
  )
}

/** Messages at the top of the page, which outlive a navigation. */
export function useFlash(): Flash {
  const flash = useContext(FlashContext)
  if (!flash) throw new Error('useFlash outside the shell')
  return flash
}

export function FlashMessages() {
  return (
    <div className="claviger-flash">
      <Flashbar
        stackItems
        items={useContext(MessagesContext)}
        i18nStrings={{ ariaLabel: 'Messages' }}
      />
    </div>
  )
}
