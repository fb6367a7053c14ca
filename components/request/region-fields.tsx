'use client'

import Alert from '@cloudscape-design/components/alert'
import Checkbox from '@cloudscape-design/components/checkbox'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { traits as primaryUpdate } from '@/lib/changes/kinds/primary-update/traits'
import { whyNot } from '@/lib/changes/kinds/traits'
import type { AskedKey } from '@/lib/changes/request/askable'
import { Field } from './field'
import { useRequestForm } from './form-context'
import { PairsField } from './pairs-field'
import { PolicyText } from './policy-fields'
import { accountOfArn } from '@/lib/kms/arn'

/** Where to: Regions of the key's account that have no replica yet. */
export function ReplicaFields() {
  const {
    form: { values, keys: arns },
    keys,
    around: { accounts },
    changeValues,
  } = useRequestForm()
  const taken = new Set(keys.flatMap(({ region, familyRegions }) => [region, ...familyRegions]))
  const account = accountOfArn(arns[0] ?? '')
  const regions = accounts.find(({ id }) => id === account)?.regions ?? []
  return (
    <SpaceBetween size="m">
      <Field
        label="Region"
        at={['input.replicaRegion']}
        description={
          'The replica is a key of its own: with policy, grants, aliases and tags that are ' +
          'not shared, and a price of its own.'
        }
      >
        <RegionSelect
          value={values.toRegion}
          regions={regions.filter((region) => !taken.has(region))}
          onChange={(toRegion) => changeValues({ toRegion })}
        />
      </Field>
      <Field label="Description" at={['input.description']} optional>
        <Input
          value={values.description}
          onChange={({ detail }) => changeValues({ description: detail.value })}
        />
      </Field>
      <Field
        label="Tags"
        at={['input.tags']}
        optional
        description="Those of the primary key are not copied by AWS."
      >
        <PairsField
          pairs={values.tags}
          onChange={(tags) => changeValues({ tags })}
          most={50}
          what="tag"
        />
      </Field>
      <OwnPolicy what="replica" />
    </SpaceBetween>
  )
}

/** A key policy other than AWS's default, which lets IAM of the account decide. */
export function OwnPolicy({ what }: { what: 'replica' | 'key' }) {
  const {
    form: { values },
    changeValues,
  } = useRequestForm()
  return (
    <SpaceBetween size="m">
      <Checkbox
        checked={values.hasPolicy}
        onChange={({ detail }) => changeValues({ hasPolicy: detail.checked })}
        description="Otherwise it has AWS’s default policy: IAM of its account decides who may use and administer it."
      >
        A key policy of its own for the {what}
      </Checkbox>
      {values.hasPolicy && (
        <PolicyText
          at="input.policy"
          label={`Key policy of the ${what}. Escape then Tab leaves.`}
        />
      )}
    </SpaceBetween>
  )
}

/** Where a replica is: it becomes the primary key. */
export function PrimaryRegion() {
  const {
    form: { values },
    keys,
    changeValues,
  } = useRequestForm()
  const regions = [...new Set(keys.flatMap(({ familyRegions }) => familyRegions))].sort()
  return (
    <SpaceBetween size="m">
      {keys.length > 0 && regions.length === 0 && <Alert type="warning">{whyNoRegion(keys)}</Alert>}
      <Field
        label="New primary Region"
        at={['input.primaryRegion']}
        description="The key there becomes the primary key, this one a replica. Key ids and material stay."
      >
        <RegionSelect
          value={values.toRegion}
          regions={regions}
          onChange={(toRegion) => changeValues({ toRegion })}
        />
      </Field>
    </SpaceBetween>
  )
}

/**
 * What keeps the primary from moving, in the words of the key's own menu; a set
 * without a replica can get one.
 */
function whyNoRegion(keys: readonly AskedKey[]): string {
  const reasons = keys.flatMap((key) => whyNot(primaryUpdate, key) ?? [])
  return reasons[0] ?? 'No replica of this key is known. Replicate it first, or refresh the key.'
}

export function RegionSelect({
  value,
  regions,
  onChange,
  empty = 'No Region is known to choose',
}: {
  value: string
  regions: readonly string[]
  onChange: (region: string) => void
  empty?: string
}) {
  return (
    <Select
      filteringType={regions.length > 8 ? 'auto' : 'none'}
      placeholder="Choose a Region"
      selectedOption={value === '' ? null : { value }}
      options={regions.map((region) => ({ value: region }))}
      empty={empty}
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
    />
  )
}
