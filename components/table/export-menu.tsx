'use client'

import ButtonDropdown from '@cloudscape-design/components/button-dropdown'

/**
 * Downloads of what a table shows. `path`: its export handler; `query`: the table's own address.
 */
export function ExportMenu({ path, query }: { path: string; query: string }) {
  const item = (format: 'csv' | 'json') => ({
    id: format,
    text: format.toUpperCase(),
    href: `${path}?format=${format}&${query}`,
    secondaryText: 'all pages, these columns',
  })
  return (
    <ButtonDropdown items={[item('csv'), item('json')]} expandToViewport>
      Export
    </ButtonDropdown>
  )
}
