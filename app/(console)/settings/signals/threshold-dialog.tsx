'use client'

import Box from '@cloudscape-design/components/box'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { useState } from 'react'
import type { Failure } from '@/lib/result'
import type { SignalRow } from '@/lib/trail/signals/settings'
import { Dialog } from '../dialog'
import { setThreshold } from './actions'
import { PreviewList } from './preview-list'

type Props = { signal: SignalRow; onClose(): void }

/** Another threshold, and what the signal would have said with it. */
export function ThresholdDialog({ signal: { name, title, lead, threshold }, onClose }: Props) {
  const [text, setText] = useState(String(threshold?.value ?? ''))
  const [failure, setFailure] = useState<Failure | null>(null)
  const value = text.trim() === '' ? NaN : Number(text)
  if (!threshold) return null
  const { words, least, most, standard } = threshold
  const number = (count: number) => count.toLocaleString('en')
  return (
    <Dialog
      title="Change threshold"
      done={() => `${title}: the new threshold counts from now on.`}
      send={() => setThreshold({ name, threshold: value })}
      onFailure={setFailure}
      onClose={onClose}
    >
      <Box variant="p">
        {title}. {lead}
      </Box>
      <FormField
        label={words}
        constraintText={`From ${number(least)} to ${number(most)}; ${number(standard)} by default`}
        errorText={failure?.fields?.threshold?.[0]}
      >
        <Input
          type="number"
          inputMode="numeric"
          value={text}
          onChange={({ detail }) => setText(detail.value)}
        />
      </FormField>
      <PreviewList name={name} threshold={value} />
    </Dialog>
  )
}
