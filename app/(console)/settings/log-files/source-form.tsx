'use client'

import Button from '@cloudscape-design/components/button'
import Checkbox from '@cloudscape-design/components/checkbox'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useState, useTransition } from 'react'
import { useFlash } from '@/components/shell/flash'
import type { Failure } from '@/lib/result'
import type { Check } from '@/lib/trail/log-files/check'
import type { FoundTrail, LogSourceRow } from '@/lib/trail/log-files/sources'
import { Dialog } from '../dialog'
import { addSource, changeSource, checkSource } from './actions'

type Props = {
  source: LogSourceRow | null
  found: readonly FoundTrail[]
  roleName: string
  onClose(): void
}

const texts = [
  {
    id: 'trailArn',
    label: 'Trail ARN',
    hint: 'arn:aws:cloudtrail:REGION:ACCOUNT:trail/NAME',
  },
  { id: 'bucket', label: 'Bucket', hint: 'The name, without s3://' },
  { id: 'prefix', label: 'Prefix', hint: 'What stands before AWSLogs/. Empty: nothing' },
  { id: 'bucketRegion', label: 'Region of the bucket', hint: 'For example eu-central-1' },
  { id: 'roleArn', label: 'Trail role ARN', hint: 'In the account that owns the bucket' },
] as const
type TextId = (typeof texts)[number]['id']
type Values = Record<TextId, string> & {
  days: string
  isOrganization: boolean
  validates: boolean
}

const dayMs = 86_400_000
const daysSince = (from: string) =>
  Math.max(0, Math.floor(Date.now() / dayMs) - Math.floor(Date.parse(from) / dayMs))

const valuesOf = (source: LogSourceRow | null, roleName: string): Values => ({
  trailArn: source?.trailArn ?? '',
  bucket: source?.bucket ?? '',
  prefix: source?.prefix ?? '',
  bucketRegion: source?.bucketRegion ?? '',
  roleArn: source?.roleArn ?? `arn:aws:iam::ACCOUNT:role/${roleName}`,
  days: source ? String(daysSince(source.readFrom)) : '7',
  isOrganization: source?.isOrganization ?? true,
  validates: source?.validates ?? true,
})

/** A trail to read, or (with `source`) one that is there: its ARN stays. */
export function SourceForm({ source, found, roleName, onClose }: Props) {
  const [values, setValues] = useState(() => valuesOf(source, roleName))
  const [fields, setFields] = useState<Failure['fields']>({})
  const set = (changed: Partial<Values>) => setValues((all) => ({ ...all, ...changed }))
  const input = { ...values, days: values.days.trim() === '' ? NaN : Number(values.days) }
  const title = source ? 'Change trail' : 'Add trail'
  return (
    <Dialog
      title={title}
      done={() => 'The trail was checked. Its log files are read from now on.'}
      send={() => (source ? changeSource(input) : addSource(input))}
      onFailure={(failure) => setFields(failure?.fields)}
      onClose={onClose}
    >
      {found.length > 0 && <Found found={found} trailArn={values.trailArn} onChoose={set} />}
      {texts.map(({ id, label, hint }) => (
        <FormField key={id} label={label} constraintText={hint} errorText={fields?.[id]?.[0]}>
          <Input
            value={values[id]}
            disabled={id === 'trailArn' && source !== null}
            onChange={({ detail }) => set({ [id]: detail.value })}
          />
        </FormField>
      ))}
      <FormField
        label="Days to read at first"
        constraintText="Older log files are not read"
        errorText={fields?.days?.[0]}
      >
        <Input
          type="number"
          inputMode="numeric"
          value={values.days}
          onChange={({ detail }) => set({ days: detail.value })}
        />
      </FormField>
      <Kinds values={values} onChange={set} />
      <Checks input={input} onFailure={(failure) => setFields(failure?.fields)} />
    </Dialog>
  )
}

type FoundProps = {
  found: readonly FoundTrail[]
  trailArn: string
  onChoose(changed: Partial<Values>): void
}

/** Trails of connected accounts; a bucket is most often in the Region that its trail is of. */
function Found({ found, trailArn, onChoose }: FoundProps) {
  const options = found.map((one) => ({
    value: one.trailArn,
    label: one.trailArn.slice(one.trailArn.lastIndexOf('/') + 1),
    description: `s3://${one.bucket}${one.prefix === '' ? '' : `/${one.prefix}`}`,
    tags: [one.isOrganization ? 'Organization trail' : (one.trailArn.split(':')[4] ?? '')],
  }))
  const choose = (value: string | undefined) => {
    const chosen = found.find((one) => one.trailArn === value)
    if (chosen) onChoose({ ...chosen, bucketRegion: chosen.trailArn.split(':')[3] ?? '' })
  }
  return (
    <FormField
      label="Trail found in your accounts"
      constraintText="Fills in what AWS says of it. Check the Region, and name the role."
    >
      <Select
        placeholder="Choose a trail"
        options={options}
        selectedOption={options.find(({ value }) => value === trailArn) ?? null}
        onChange={({ detail }) => choose(detail.selectedOption.value)}
        expandToViewport
      />
    </FormField>
  )
}

function Kinds({ values, onChange }: { values: Values; onChange(changed: Partial<Values>): void }) {
  return (
    <SpaceBetween size="xs">
      <Checkbox
        checked={values.isOrganization}
        onChange={({ detail }) => onChange({ isOrganization: detail.checked })}
        description="Its log files stand below AWSLogs/o-…/"
      >
        Organization trail
      </Checkbox>
      <Checkbox
        checked={values.validates}
        onChange={({ detail }) => onChange({ validates: detail.checked })}
        description="Log file validation is on: altered and missing files are found"
      >
        Verify digests
      </Checkbox>
    </SpaceBetween>
  )
}

const names: Record<Check['name'], string> = {
  list: 'List',
  read: 'Read one file',
  digest: 'Verify one digest',
}
const types = { passed: 'success', failed: 'error', none: 'pending' } as const

type ChecksProps = {
  input: Parameters<typeof checkSource>[0]
  onFailure(failure: Failure | null): void
}

/** Tries the trail before it is saved; saving tries it again. */
function Checks({ input, onFailure }: ChecksProps) {
  const [checks, setChecks] = useState<readonly Check[]>([])
  const [isChecking, start] = useTransition()
  const flash = useFlash()
  const check = () => {
    // At once: what was said before is of other values.
    setChecks([])
    start(async () => {
      const result = await checkSource(input)
      onFailure(result.ok ? null : result.error)
      if (result.ok) setChecks(result.data)
      else if (!result.error.fields) flash.failure(result.error)
    })
  }
  return (
    <SpaceBetween size="xs">
      <Button onClick={check} loading={isChecking} formAction="none">
        Check
      </Button>
      <div role="status">
        {checks.map(({ name, state, words }) => (
          <div key={name}>
            <StatusIndicator type={types[state]}>
              {names[name]}: {words}
            </StatusIndicator>
          </div>
        ))}
      </div>
    </SpaceBetween>
  )
}
