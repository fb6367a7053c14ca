import type { CountsOverTime } from '@/lib/table/over-time'

/** Counts over time, and how they are said. */
export type CountsProps = {
  counts: CountsOverTime
  title: string
  /** A series in words; null: what is left of the others. */
  titleOf(id: string | null): string
  /** What a count is a count of. */
  hrefOf?(id: string | null, start: string): string | undefined
}
