'use client'

import BarChart from '@cloudscape-design/components/bar-chart'
import Link from '@cloudscape-design/components/link'
import type { CountsProps } from './counts-props'
import { tickWords, timeWords } from './time-words'

/** Counts over time as bars on each other. A gap has no bar. */
export default function Bars({ counts, title, titleOf, hrefOf }: CountsProps) {
  const { unit, starts, series } = counts
  const bars = series.map(({ id, counts: own }) => ({
    id,
    type: 'bar' as const,
    title: titleOf(id),
    data: starts.flatMap((x, at) => {
      const y = own[at] ?? null
      return y === null ? [] : [{ x, y }]
    }),
  }))
  // By what it is and not by its title: two roles can have one name.
  const linkOf = (shown: object, x: string) => {
    const found = bars.find((one) => Object.is(one, shown))
    return found && hrefOf?.(found.id, x)
  }
  return (
    <BarChart<string>
      series={bars}
      // Said each time: the kit knows by identity alone which of them it showed before.
      visibleSeries={bars}
      onFilterChange={() => undefined}
      xDomain={starts}
      xScaleType="categorical"
      stackedBars
      height={120}
      hideFilter
      ariaLabel={title}
      xTickFormatter={(x) => tickWords(unit, x)}
      yTickFormatter={(y) => (Number.isInteger(y) ? y.toLocaleString('en') : '')}
      detailPopoverSize="medium"
      detailPopoverSeriesContent={({ series: shown, x, y }) => {
        const href = linkOf(shown, x)
        const value = y.toLocaleString('en')
        return { key: shown.title, value: href && y > 0 ? <Link href={href}>{value}</Link> : value }
      }}
      detailPopoverFooter={(x) => timeWords(unit, x)}
    />
  )
}
