'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown, {
  type ButtonDropdownProps,
} from '@cloudscape-design/components/button-dropdown'
import Checkbox from '@cloudscape-design/components/checkbox'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { usePathname, useRouter } from 'next/navigation'
import { useState } from 'react'
import { useHeld } from '@/components/shell/held'
import type { Result } from '@/lib/result'

export type View = {
  id: string
  name: string
  query: string
  shared: boolean
  mine: boolean
  owner: string
  mayDelete: boolean
}
/** The views of one table, and the actions that keep them, which a page hands down. */
export type ViewsOfTable = {
  list: readonly View[]
  save(input: NewView & { table: string }): Promise<Result<unknown>>
  remove(input: { id: string }): Promise<Result<unknown>>
}
type NewView = { name: string; query: string; shared: boolean }
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
  const item = (view: View): ButtonDropdownProps.Item => ({
    id: view.id,
    text: view.name,
    href: view.query ? `${pathname}?${view.query}` : pathname,
    secondaryText: view.mine
      ? view.shared
        ? 'shared with the team'
        : undefined
      : `by ${view.owner}`,
  })
  const mine = views.filter((view) => view.mine)
  const team = views.filter((view) => !view.mine)
  const removable = views.filter((view) => view.mayDelete && view.query === query)
  const removal = ({ id, name, mine: isMine, owner }: View): ButtonDropdownProps.Item => ({
    id: `remove ${id}`,
    text: `Remove “${name}”${isMine ? '' : ` by ${owner}`}`,
    iconName: 'remove',
  })
  const groups: ButtonDropdownProps.ItemGroup[] = [
    ...(mine.length > 0 ? [{ text: 'Mine', items: mine.map(item) }] : []),
    ...(team.length > 0 ? [{ text: 'Of the team', items: team.map(item) }] : []),
    {
      text: 'This view',
      items: [{ id: 'save', text: 'Save as…', iconName: 'add-plus' }, ...removable.map(removal)],
    },
  ]
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
        items={groups}
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
          taken={mine.map((view) => view.name)}
        />
      )}
    </>
  )
}

function SaveView({
  query,
  save,
  onClose,
  taken,
}: {
  query: string
  save(view: NewView): Promise<Result<unknown>>
  onClose(): void
  taken: readonly string[]
}) {
  const router = useRouter()
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const mayShare = useHeld().has('views.share')
  const [isBusy, setBusy] = useState(false)
  const [failed, setFailed] = useState<string | null>(null)
  async function submit() {
    setBusy(true)
    const result = await save({ name: name.trim(), query, shared })
    setBusy(false)
    if (!result.ok) return setFailed(result.error.fields?.name?.[0] ?? result.error.message)
    router.refresh()
    onClose()
  }
  return (
    <Modal
      visible
      onDismiss={onClose}
      header="Save this view"
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button
              variant="primary"
              loading={isBusy}
              disabled={!name.trim()}
              onClick={() => void submit()}
            >
              Save
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim()) void submit()
        }}
      >
        <SpaceBetween size="m">
          <FormField
            label="Name"
            errorText={failed}
            description="Filter, order and columns are kept, and always the rows of the day."
            constraintText={
              taken.includes(name.trim())
                ? 'You have a view of this name; it is replaced.'
                : undefined
            }
          >
            <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus />
          </FormField>
          {mayShare && (
            <Checkbox
              checked={shared}
              onChange={({ detail }) => setShared(detail.checked)}
              description="Everyone sees only the keys they may see."
            >
              Show it to the team
            </Checkbox>
          )}
        </SpaceBetween>
      </form>
    </Modal>
  )
}
