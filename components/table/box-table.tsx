'use client'

import Table, { type TableProps } from '@cloudscape-design/components/table'
import { cardColumn } from './card-column'

type Props<T> = Omit<TableProps<T>, 'wrapLines' | 'contentDensity'> & {
  /** Small rows, for many columns: every one of them stays in view on a laptop. */
  isDense?: boolean
  /** Shows all of every cell, however high its row becomes. */
  isWhole?: boolean
}

/**
 * Every table of the console. It is never wider than its box: cells wrap, and on a phone a row is a
 * card, where each cell says its column's name.
 */
export function BoxTable<T>({ columnDefinitions, isDense, isWhole = true, ...table }: Props<T>) {
  return (
    <div className={isDense ? 'claviger-cards claviger-dense' : 'claviger-cards'}>
      <Table<T>
        contentDensity={isDense ? 'compact' : 'comfortable'}
        {...table}
        wrapLines={isWhole}
        columnDefinitions={columnDefinitions.map((column) => cardColumn(column, isWhole))}
      />
    </div>
  )
}
