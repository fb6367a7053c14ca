'use client'

import Alert from '@cloudscape-design/components/alert'
import Checkbox from '@cloudscape-design/components/checkbox'
import Input from '@cloudscape-design/components/input'
import RadioGroup from '@cloudscape-design/components/radio-group'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { AskedAccount } from '@/lib/changes/request/askable'
import { Field } from './field'
import { useRequestForm } from './form-context'
import { originsFor, originWords, specGroups, usagesFor, usageWords, withSpec } from './new-key'
import { PairsField } from './pairs-field'
import { OwnPolicy } from './region-fields'
import { isInStore } from '@/lib/kms/key-specs'

/**
 * Spec, then what it can be used for, then where its material comes from: each
 * leaves the choices that AWS has.
 */
export function NewKeyFields() {
  const { form, changeValues } = useRequestForm()
  const { values } = form
  return (
    <SpaceBetween size="m">
      <SpecField />
      <UsageField />
      <OriginField />
      {isInStore(values.origin) ? <StoreFields /> : <MultiRegionField />}
      <Field label="Description" at={['input.description']} optional hint="Not secret.">
        <Input
          value={values.description}
          onChange={({ detail }) => changeValues({ description: detail.value })}
        />
      </Field>
      <TagsField />
      <OwnPolicy what="key" />
      <Alert type="info">
        A key costs from the hour it is made. A name for it, rotation and grants are asked for once
        it is there.
      </Alert>
    </SpaceBetween>
  )
}

function SpecField() {
  const {
    form: { values, accountId },
    around: { accounts },
    changeValues,
  } = useRequestForm()
  const groups = specGroups(accounts.find(({ id }) => id === accountId)?.partition ?? 'aws')
  return (
    <Field label="Key spec" at={['input.keySpec']}>
      <Select
        filteringType="auto"
        selectedOption={
          groups
            .flatMap(({ options }) => options)
            .find(({ value }) => value === values.keySpec) ?? { value: values.keySpec }
        }
        options={groups}
        onChange={({ detail }) => changeValues(withSpec(values, detail.selectedOption.value ?? ''))}
      />
    </Field>
  )
}

function UsageField() {
  const { form, changeValues } = useRequestForm()
  return (
    <Field label="Usage" at={['input.keyUsage']} description="It cannot be changed afterwards.">
      <RadioGroup
        ariaLabel="Usage"
        value={form.values.keyUsage}
        onChange={({ detail }) => changeValues({ keyUsage: detail.value })}
        items={usagesFor(form.values.keySpec).map((usage) => ({
          value: usage,
          label: usage,
          description: usageWords[usage],
        }))}
      />
    </Field>
  )
}

function OriginField() {
  const { form, changeValues } = useRequestForm()
  return (
    <Field label="Key material from" at={['input.origin']}>
      <RadioGroup
        ariaLabel="Key material from"
        value={form.values.origin}
        onChange={({ detail }) =>
          changeValues({ origin: detail.value, customKeyStoreId: '', xksKeyId: '' })
        }
        items={originsFor(form.values.keySpec).map(({ origin, why }) => ({
          value: origin,
          label: originWords[origin].label,
          description: why ?? originWords[origin].words,
          disabled: why !== null,
        }))}
      />
    </Field>
  )
}

function MultiRegionField() {
  const { form, changeValues } = useRequestForm()
  return (
    <Checkbox
      checked={form.values.multiRegion}
      onChange={({ detail }) => changeValues({ multiRegion: detail.checked })}
      description={
        'Can be replicated to other Regions with the same material. This cannot be ' +
        'chosen or given up later.'
      }
    >
      Multi-Region key
    </Checkbox>
  )
}

function TagsField() {
  const { form, changeValues } = useRequestForm()
  return (
    <Field
      label="Tags"
      at={['input.tags']}
      optional
      description={
        'Claviger adds one of its own, claviger:change, by which it finds the key again if ' +
        'AWS’s answer is lost.'
      }
    >
      <PairsField
        pairs={form.values.tags}
        onChange={(tags) => changeValues({ tags })}
        most={49}
        what="tag"
      />
    </Field>
  )
}

function StoreFields() {
  const {
    form: { values, accountId, region },
    around: { accounts },
    changeValues,
  } = useRequestForm()
  const type = values.origin === 'AWS_CLOUDHSM' ? 'AWS_CLOUDHSM' : 'EXTERNAL_KEY_STORE'
  const options = storesOf(accounts, accountId)
    .filter((store) => store.type === type && store.region === region)
    .map(({ id, name, connectionState }) => ({
      value: id,
      label: name,
      description: `${id} · ${connectionState ?? 'state unknown'}`,
    }))
  return (
    <SpaceBetween size="m">
      <Field label="Custom key store" at={['input.customKeyStoreId']}>
        <Select
          placeholder="Choose a key store"
          empty={
            region === '' ? 'Choose account and Region first' : 'No such key store is known there'
          }
          options={options}
          selectedOption={options.find(({ value }) => value === values.customKeyStoreId) ?? null}
          onChange={({ detail }) =>
            changeValues({ customKeyStoreId: detail.selectedOption.value ?? '' })
          }
        />
      </Field>
      {type === 'EXTERNAL_KEY_STORE' && (
        <Field
          label="Key of the external key manager"
          at={['input.xksKeyId']}
          description="Its id there. One external key backs one KMS key of the store."
        >
          <Input
            value={values.xksKeyId}
            onChange={({ detail }) => changeValues({ xksKeyId: detail.value })}
          />
        </Field>
      )}
    </SpaceBetween>
  )
}

const storesOf = (accounts: readonly AskedAccount[], id: string) =>
  accounts.find((account) => account.id === id)?.keyStores ?? []
