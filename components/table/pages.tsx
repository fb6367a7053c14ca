'use client'

import Pagination from '@cloudscape-design/components/pagination'

type Props = {
  /** From 1. */
  page: number
  pages: number
  /** What the pages are of, for who hears them. */
  of: string
  isDisabled?: boolean
  onChange(page: number): void
}

export function Pages({ page, pages, of, isDisabled = false, onChange }: Props) {
  return (
    <Pagination
      currentPageIndex={page}
      pagesCount={Math.max(1, pages)}
      disabled={isDisabled}
      ariaLabels={{
        nextPageLabel: 'Next page',
        previousPageLabel: 'Previous page',
        pageLabel: (number) => `Page ${number}`,
        paginationLabel: `Pages of ${of}`,
      }}
      onChange={({ detail }) => onChange(detail.currentPageIndex)}
    />
  )
}
