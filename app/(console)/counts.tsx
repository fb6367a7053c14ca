'use client'

import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import ProgressBar from '@cloudscape-design/components/progress-bar'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Figure } from '@/lib/overview/figures'

/** How a whole divides: a bar a value, each a link to its keys. */
export function Counts({ title, figures }: { title: string; figures: readonly Figure[] }) {
  const total = figures.reduce((sum, figure) => sum + figure.count, 0)
  return (
    <SpaceBetween size="xs">
      <Box variant="h3">{title}</Box>
      {figures.map(({ label, count, href }) => (
        <div key={label} className="claviger-count">
          <Link href={href}>{label}</Link>
          <ProgressBar
            value={(100 * count) / total}
            ariaLabel={`${label}: ${count} of ${total} keys`}
            resultText=""
            additionalInfo={undefined}
          />
          <span>{count.toLocaleString('en')}</span>
        </div>
      ))}
    </SpaceBetween>
  )
}
