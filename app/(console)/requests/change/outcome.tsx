'use client'

import Box from '@cloudscape-design/components/box'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import { Identifier } from '@/components/value/identifier'
import type { Facts, Json } from '@/lib/changes/kinds/kind'

const names: Readonly<Record<string, string>> = {
  grantId: 'Grant id',
  requestIds: 'AWS request ids',
  awsRequestId: 'AWS request id',
  keyArn: 'Key ARN',
  keyId: 'Key id',
  arn: 'ARN',
  caseId: 'Case',
}
/** keyMaterialId -> "Key material id" */
const nameOf = (field: string) =>
  names[field] ??
  field.charAt(0).toUpperCase() +
    field.slice(1).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

/** What AWS answered, each id to copy. */
export function Outcome({ title, of: outcome }: { title: string; of: Facts }) {
  const items = Object.entries(outcome).filter(
    ([, value]) =>
      value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0),
  )
  if (items.length === 0) return null
  return (
    <div>
      <Box variant="awsui-key-label">{title}</Box>
      <KeyValuePairs
        columns={2}
        minColumnWidth={260}
        items={items.map(([field, value]) => ({
          label: nameOf(field),
          value: <Value of={value} />,
        }))}
      />
    </div>
  )
}

function Value({ of: value }: { of: Json | undefined }) {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return value.map((one) => (
      <div key={one}>
        <Identifier text={one} />
      </div>
    ))
  if (typeof value === 'string') return <Identifier text={value} />
  return <>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</>
}
