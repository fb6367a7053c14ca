'use client'

import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import ProgressBar from '@cloudscape-design/components/progress-bar'
import SpaceBetween from '@cloudscape-design/components/space-between'

type Props = { title: string; rows: { value: string; count: number }[]; hrefOf: (value: string) => string }

/** How a whole divides: a bar a value, each a link to its keys. */
export function Counts({ title, rows, hrefOf }: Props) {
  const total = rows.reduce((sum, row) => sum + row.count, 0)
  return (
    <SpaceBetween size="xs">
      <Box variant="h3">{title}</Box>
      {rows.map(({ value, count }) => (
        <div key={value} className="claviger-count">
          <Link href={hrefOf(value)}>{value}</Link>
          <ProgressBar value={(100 * count) / total} ariaLabel={`${value}: ${count} of ${total} keys`} resultText="" additionalInfo={undefined} />
          <span>{count.toLocaleString('en')}</span>
        </div>
      ))}
    </SpaceBetween>
  )
}
