'use client'

import Checkbox from '@cloudscape-design/components/checkbox'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { DialogButtons } from '@/components/shell/dialog-buttons'
import { useHeld } from '@/components/shell/held'
import type { Result } from '@/lib/result'

/** A saved view as a person sees it in the list. */
export type View = {
  id: string
  name: string
  query: string
  shared: boolean
  mine: boolean
  owner: string
  mayDelete: boolean
}
export type NewView = { name: string; query: string; shared: boolean }
type Props = {
  /** The address of what is shown now. */
  query: string
  save(view: NewView): Promise<Result<unknown>>
  onClose(): void
  /** One's own views: a new one of the same name replaces it. */
  own: readonly Pick<View, 'name' | 'shared'>[]
}

/** Gives what is shown now a name. */
export function SaveView(props: Props) {
  const { onClose } = props
  const view = useNewView(props)
  return (
    <Modal
      visible
      onDismiss={onClose}
      header="Save this view"
      closeAriaLabel="Close"
      footer={
        <DialogButtons
          label={view.replaced ? 'Replace' : 'Save'}
          isBusy={view.isBusy}
          isDisabled={!view.isNamed}
          onConfirm={() => void view.submit()}
          onBack={onClose}
        />
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (view.isNamed) void view.submit()
        }}
      >
        <NewViewFields view={view} />
      </form>
    </Modal>
  )
}

/** A view while it is named, and the way to keep it; what was refused about it is `failed`. */
function useNewView({ query, save, onClose, own }: Props) {
  const router = useRouter()
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
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
  const isNamed = name.trim() !== ''
  const replaced = own.find((view) => view.name === name.trim())
  return { name, setName, isNamed, replaced, shared, setShared, isBusy, failed, submit }
}

function NewViewFields({
  view: { name, setName, shared, setShared, failed, replaced },
}: {
  view: ReturnType<typeof useNewView>
}) {
  const mayShare = useHeld().has('views.share')
  return (
    <SpaceBetween size="m">
      <FormField
        label="Name"
        errorText={failed}
        description="Keeps filter, order and columns; its rows are always today’s."
        warningText={
          replaced &&
          (replaced.shared && !shared
            ? 'You show a view of this name to the team. It is replaced, and the team sees it no more.'
            : 'You have a view of this name. It is replaced.')
        }
      >
        <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus />
      </FormField>
      {mayShare && (
        <Checkbox
          checked={shared}
          onChange={({ detail }) => setShared(detail.checked)}
          description="Everyone sees only the rows they can see."
        >
          Show it to the team
        </Checkbox>
      )}
    </SpaceBetween>
  )
}
