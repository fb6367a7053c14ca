'use client'

import Alert from '@cloudscape-design/components/alert'
import ButtonDropdown, {
  type ButtonDropdownProps,
} from '@cloudscape-design/components/button-dropdown'
import { usePathname, useRouter } from 'next/navigation'
import { useState } from 'react'
import type { Result } from '@/lib/result'
import { SaveView, type NewView, type View } from './save-view'

/** The views of one table, and the actions that keep them, which a page hands down. */
export type ViewsOfTable = {
  list: readonly View[]
  save(input: NewView & { table: string }): Promise<Result<unknown>>
  remove(input: { id: string }): Promise<Result<unknown>>
}
type Props = {
  table: string
  /** The address of what is shown now. */
  query: string
  views: ViewsOfTable
}

/** Views of one's own and of the team, by name; each is an address. */
export function SavedViews({ table, query, views: { list: views, save, remove } }: Props) {
  const pathname = usePathname()
  const router = useRouter()
  const [isSaving, setSaving] = useState(false)
  const [failed, setFailed] = useState<string | null>(null)
  async function act(id: string) {
    if (id === 'save') return setSaving(true)
    if (!id.startsWith('remove ')) return
    const result = await remove({ id: id.slice('remove '.length) })
    setFailed(result.ok ? null : result.error.message)
    router.refresh()
  }
  return (
    <>
      <ButtonDropdown
        items={menuOf(views, query, pathname)}
        onItemClick={({ detail }) => void act(detail.id)}
        expandToViewport
      >
        Views
      </ButtonDropdown>
      {failed && (
        <Alert type="error" dismissible onDismiss={() => setFailed(null)}>
          {failed}
        </Alert>
      )}
      {isSaving && (
        <SaveView
          query={query}
          save={(view) => save({ table, ...view })}
          onClose={() => setSaving(false)}
          own={views.filter(({ mine }) => mine)}
        />
      )}
    </>
  )
}

/** Views to go to, and what can be done with the one that is shown. */
function menuOf(
  views: readonly View[],
  query: string,
  pathname: string,
): ButtonDropdownProps.ItemGroup[] {
  const toLink = (view: View) => linkOf(view, pathname)
  const mine = views.filter((view) => view.mine)
  const team = views.filter((view) => !view.mine)
  const removable = views.filter((view) => view.mayDelete && view.query === query)
  return [
    ...(mine.length > 0 ? [{ text: 'Mine', items: mine.map(toLink) }] : []),
    ...(team.length > 0 ? [{ text: 'Of the team', items: team.map(toLink) }] : []),
    {
      text: 'This view',
      items: [{ id: 'save', text: 'Save as…', iconName: 'add-plus' }, ...removable.map(removalOf)],
    },
  ]
}

const linkOf = (view: View, pathname: string): ButtonDropdownProps.Item => ({
  id: view.id,
  text: view.name,
  href: view.query ? `${pathname}?${view.query}` : pathname,
  secondaryText: view.mine
    ? view.shared
      ? 'shared with the team'
      : undefined
    : `by ${view.owner}`,
})

const removalOf = ({ id, name, mine, owner }: View): ButtonDropdownProps.Item => ({
  id: `remove ${id}`,
  text: `Remove “${name}”${mine ? '' : ` by ${owner}`}`,
  iconName: 'remove',
})
