'use client'

import Pagination from '@cloudscape-design/components/pagination'

type Props = { page: number; pages: number; onChange(page: number): void }

export function Pages({ page, pages, onChange }: Props) {
  return (
    <Pagination
      currentPageIndex={page}
      pagesCount={pages}
      ariaLabels={{
        nextPageLabel: 'Next page',
        previousPageLabel: 'Previous page',
        pageLabel: (number) => `Page ${number}`,
      }}
      onChange={({ detail }) => onChange(detail.currentPageIndex)}
    />
  )
}
