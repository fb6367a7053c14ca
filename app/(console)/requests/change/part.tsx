'use client'

import Box from '@cloudscape-design/components/box'
import type { ReactNode } from 'react'

/** A part of a change under its own heading. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Box variant="h3" padding={{ bottom: 'xxs' }}>
        {title}
      </Box>
      {children}
    </section>
  )
}

/** Sentences as a list; one is a sentence. */
export function Lines({ of: lines }: { of: readonly string[] }) {
  if (lines.length === 0) return null
  if (lines.length === 1)
    return (
      <Box variant="p" padding="n">
        <span className="claviger-line">{lines[0]}</span>
      </Box>
    )
  return (
    <ul className="claviger-lines">
      {lines.map((line, index) => (
        <li key={index}>{line}</li>
      ))}
    </ul>
  )
}
