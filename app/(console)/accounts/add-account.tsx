'use client'

import Box from '@cloudscape-design/components/box'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Link from '@cloudscape-design/components/link'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState, useTransition } from 'react'
import { DialogButtons } from '@/components/shell/dialog-buttons'
import { useFlash } from '@/components/shell/flash'
import type { Failure } from '@/lib/result'
import { addAccount, testAccount } from './actions'

const fields = [
  { id: 'id', label: 'Account id', hint: '12 digits' },
  { id: 'name', label: 'Name', hint: 'How people call it' },
  {
    id: 'readRoleArn',
    label: 'Read role ARN',
    hint: 'Empty: the credentials Claviger runs with are of this account',
  },
  { id: 'writeRoleArn', label: 'Write role ARN', hint: 'Empty: the account stays read-only' },
  {
    id: 'regions',
    label: 'Regions',
    hint: 'With commas between them. Empty: every enabled Region',
  },
] as const

type Values = Record<(typeof fields)[number]['id'], string>
const empty: Values = { id: '', name: '', readRoleArn: '', writeRoleArn: '', regions: '' }

/** Connects the account, asks it at once who we are there, and says what it answered. */
function useAddAccount(onClose: () => void) {
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isSending, start] = useTransition()
  const flash = useFlash()
  const add = ({ id, name, readRoleArn, writeRoleArn, regions }: Values) =>
    start(async () => {
      const added = await addAccount({
        id: id.trim(),
        name,
        readRoleArn: readRoleArn.trim() || null,
        writeRoleArn: writeRoleArn.trim() || null,
        regions: regions.split(/[\s,]+/).filter(Boolean),
      })
      if (!added.ok) return setFailure(added.error)
      const tested = await testAccount({ id: id.trim() })
      if (tested.ok && tested.data.ok)
        flash.success(
          `${name} answered as ${tested.data.arn ?? 'itself'}. Its keys appear as they are read.`,
        )
      else
        flash.failure(
          tested.ok
            ? { code: 'aws_denied', message: tested.data.problem ?? 'AWS did not answer.' }
            : tested.error,
          `${name} is added, but it could not be reached`,
        )
      onClose()
    })
  return { failure, isSending, add }
}

/** Adds an account by hand and asks it at once who we are there. */
export function AddAccount({ onClose }: { onClose: () => void }) {
  const [values, setValues] = useState(empty)
  const { failure, isSending, add } = useAddAccount(onClose)
  return (
    <Modal
      visible
      onDismiss={onClose}
      header="Add account"
      closeAriaLabel="Close"
      footer={
        <DialogButtons
          label="Add and test"
          isBusy={isSending}
          onConfirm={() => add(values)}
          onBack={onClose}
        />
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          add(values)
        }}
      >
        <SpaceBetween size="m">
          <Box>
            The roles must exist in the account first:{' '}
            <Link href="/accounts/roles">see them to copy</Link>.
          </Box>
          {failure && !failure.fields && <Box color="text-status-error">{failure.message}</Box>}
          {fields.map(({ id, label, hint }) => (
            <FormField
              key={id}
              label={label}
              constraintText={hint}
              errorText={
                failure?.fields?.[id]?.join(', ') ?? failure?.fields?.[`${id}.0`]?.join(', ')
              }
            >
              <Input
                value={values[id]}
                onChange={({ detail }) => setValues((all) => ({ ...all, [id]: detail.value }))}
              />
            </FormField>
          ))}
        </SpaceBetween>
      </form>
    </Modal>
  )
}
