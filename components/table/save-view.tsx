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

export type NewView = { name: string; query: string; shared: boolean }
type Props = {
  /** The address of what is shown now. */
  query: string
  save(view: NewView): Promise<Result<unknown>>
  onClose(): void
  /** Names of one's own views, which a new one of the same name replaces. */
  taken: readonly string[]
}

/** Gives what is shown now a name. */
export function SaveView(props: Props) {
  const { onClose, taken } = props
  const view = useNewView(props)
  return (
    <Modal
      visible
      onDismiss={onClose}
      header="Save this view"
      closeAriaLabel="Close"
      footer={
        <DialogButtons
          label="Save"
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
        <NewViewFields view={view} taken={taken} />
      </form>
    </Modal>
  )
}

/** A view while it is named, and the way to keep it; what was refused about it is `failed`. */
function useNewView({ query, save, onClose }: Props) {
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
  return { name, setName, isNamed, shared, setShared, isBusy, failed, submit }
}

function NewViewFields({
  view: { name, setName, shared, setShared, failed },
  taken,
}: Pick<Props, 'taken'> & { view: ReturnType<typeof useNewView> }) {
  const mayShare = useHeld().has('views.share')
  return (
    <SpaceBetween size="m">
      <FormField
        label="Name"
        errorText={failed}
        description="Filter, order and columns are kept, and always the rows of the day."
        constraintText={
          taken.includes(name.trim()) ? 'You have a view of this name; it is replaced.' : undefined
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
  )
}
