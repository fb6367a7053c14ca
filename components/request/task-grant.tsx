'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Input from '@cloudscape-design/components/input'
import RadioGroup from '@cloudscape-design/components/radio-group'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { GrantInput } from '@/lib/changes/kinds/shared/grant-input'
import { findTemplate, type GrantTemplate } from '@/lib/changes/request/templates'
import type { Field as TaskField } from '@/lib/changes/request/template-fields'
import { parseArn } from '@/lib/kms/arn'
import { Field } from './field'
import { useRequestForm } from './form-context'
import { GranteeField, ServiceField } from './grantee-field'
import { PairsField } from './pairs-field'
import { toParts, tryTask } from './grant-values'
import type { GrantValues } from './values'

type Props = { grant: GrantValues; onChange: (changed: Partial<GrantValues>) => void }

/** The few fields of a task, and what grant it makes of them. */
export function TaskGrant({ grant, onChange }: Props) {
  const { form } = useRequestForm()
  const task = findTemplate(grant.task)
  if (!task) return <Box>This version of Claviger knows no such task.</Box>
  const built = tryTask(grant, { partition: parseArn(form.keys[0] ?? '')?.partition ?? 'aws' })
  return (
    <SpaceBetween size="m">
      {Object.entries(task.fields).map(([name, field]) => (
        <OneField key={name} name={name} field={field} grant={grant} onChange={onChange} />
      ))}
      <WhatItMakes task={task} built={built} />
      {built && (
        <Button formAction="none" onClick={() => onChange(toParts(built))}>
          Change its parts by hand
        </Button>
      )}
    </SpaceBetween>
  )
}

function OneField({ name, field, grant, onChange }: Props & { name: string; field: TaskField }) {
  const value = grant.taskValues[name] ?? ''
  const change = (typed: string) => onChange({ taskValues: { ...grant.taskValues, [name]: typed } })
  const at = [`task.${name}`]
  const { label, hint } = field
  if (field.type === 'principalArn')
    return (
      <GranteeField
        label={label}
        at={[...at, 'input.granteePrincipal']}
        hint={hint}
        value={value}
        onChange={change}
      />
    )
  if (field.type === 'serviceName')
    return <ServiceField label={label} at={at} description={hint} value={value} onChange={change} />
  if (field.type === 'context') {
    return (
      <Field label={label} at={at} hint={hint}>
        <PairsField
          pairs={grant.taskPairs}
          onChange={(taskPairs) => onChange({ taskPairs })}
          most={8}
          what="pair"
        />
      </Field>
    )
  }
  if (field.type === 'choice') {
    return (
      <Field label={label} at={at} hint={hint}>
        <RadioGroup
          ariaLabel={label}
          value={value || null}
          onChange={({ detail }) => change(detail.value)}
          items={Object.entries(field.options).map(([id, words]) => ({ value: id, label: words }))}
        />
      </Field>
    )
  }
  return (
    <Field label={label} at={at} hint={hint}>
      <Input
        value={value}
        onChange={({ detail }) => change(detail.value)}
        placeholder={placeholders[field.type]}
      />
    </Field>
  )
}

const placeholders: Readonly<Record<string, string>> = {
  accountId: '111122223333',
  roleName: 'app/payments',
  arn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders',
  bucketArn: 'arn:aws:s3:::bucket',
}

/**
 * Each operation and constraint with its reason: those of the grant as it stands, else
 * all that the task can use.
 */
function WhatItMakes({ task, built }: { task: GrantTemplate; built: GrantInput | null }) {
  const operations = Object.entries(task.operations).filter(
    ([name]) => built === null || built.operations.some((one) => one === name),
  )
  const used = built && [
    ...Object.keys(built.constraints ?? {}),
    ...((built.retiringPrincipal ?? built.retiringServicePrincipal) ? ['retiring'] : []),
  ]
  const constraints = Object.entries(task.constraints).filter(
    ([name]) => used === null || used.includes(name),
  )
  const grantee = built?.granteePrincipal ?? built?.granteeServicePrincipal
  return (
    <div role="group" aria-label="What the grant holds">
      {grantee && (
        <Box margin={{ bottom: 's' }}>
          <Box variant="awsui-key-label">For</Box>
          <span style={{ overflowWrap: 'anywhere' }}>{grantee}</span>
        </Box>
      )}
      <Reasons title="Operations it allows" rows={operations} />
      {constraints.length > 0 && (
        <Reasons
          title="Held in by"
          rows={constraints.map(([name, why]) => [valueOf(name, built), why])}
        />
      )}
      {task.notes.length > 0 && (
        <Reasons title="Also to be done, or known" rows={task.notes.map((note) => [null, note])} />
      )}
    </div>
  )
}

function valueOf(name: string, built: GrantInput | null): string {
  if (name === 'retiring') return 'Retiring party'
  if (name === 'SourceArn') return built?.constraints?.SourceArn ?? 'SourceArn'
  const pairs = Object.entries(
    built?.constraints?.EncryptionContextEquals ??
      built?.constraints?.EncryptionContextSubset ??
      {},
  )
  return pairs.length > 0
    ? `${name}: ${pairs.map(([key, value]) => `${key} = ${value}`).join(', ')}`
    : name
}

function Reasons({
  title,
  rows,
}: {
  title: string
  rows: readonly (readonly [string | null, string | undefined])[]
}) {
  return (
    <Box margin={{ bottom: 's' }}>
      <Box variant="awsui-key-label">{title}</Box>
      <ul className="claviger-whys">
        {rows.map(([name, why]) => (
          <li key={`${name} ${why}`}>
            {name && <b>{name}</b>}
            {name && why && ': '}
            {why}
          </li>
        ))}
      </ul>
    </Box>
  )
}
