'use client'

import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { useFlash } from '@/components/shell/flash'
import type { Storage } from '@/lib/settings/storage'
import { setOwnerTag } from '../actions'
import { SettingsFrame } from '../settings-frame'
import { StorageTable } from './storage-table'

export function InstallationView({
  ownerTag,
  storage,
  mayManage,
}: {
  ownerTag: string
  storage: Storage
  mayManage: boolean
}) {
  const router = useRouter()
  const flash = useFlash()
  const [tag, setTag] = useState(ownerTag)
  const [problem, setProblem] = useState<string | null>(null)
  const [isSaving, startSaving] = useTransition()
  const save = () =>
    startSaving(async () => {
      const result = await setOwnerTag({ tag })
      if (!result.ok) return setProblem(result.error.fields?.tag?.[0] ?? result.error.message)
      setProblem(null)
      flash.success('Saved. Keys show their owner by this tag from the next sync on.')
      router.refresh()
    })
  return (
    <SettingsFrame tab="installation">
      <SpaceBetween size="m">
        <Container header={<Header variant="h2">Owner of a key</Header>}>
          <SpaceBetween size="m">
            <FormField
              label="Owner tag"
              description="The tag of a key that names its owner. Upper and lower case count as the same."
              errorText={problem}
            >
              <Input
                value={tag}
                disabled={!mayManage}
                onChange={({ detail }) => setTag(detail.value)}
              />
            </FormField>
            {mayManage && (
              <Button loading={isSaving} disabled={tag === ownerTag} onClick={save}>
                Save
              </Button>
            )}
          </SpaceBetween>
        </Container>
        <StorageTable storage={storage} />
      </SpaceBetween>
    </SettingsFrame>
  )
}
