'use client'

import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { Field } from './field'
import { useRequestForm } from './form-context'
import { RegionSelect } from './region-fields'

/** Account and Region, for what is about no key that exists. */
export function PlaceFields() {
  const {
    form: { accountId, region, values },
    around: { accounts },
    change,
  } = useRequestForm()
  const options = accounts.map(({ id, name, writable }) => ({
    value: id,
    label: name,
    description: `${id}${writable ? '' : ' · read only: no role for changes'}`,
  }))
  const chosen = accounts.find(({ id }) => id === accountId)
  return (
    <Container header={<Header variant="h2">Where</Header>}>
      <SpaceBetween size="xs">
        <ColumnLayout columns={2}>
          <Field label="Account" at={['accountId', 'keyArn', '=input']}>
            <Select
              filteringType="auto"
              placeholder="Choose an account"
              selectedOption={options.find(({ value }) => value === accountId) ?? null}
              options={options}
              empty="No account is connected in which you may ask for changes"
              onChange={({
                detail: {
                  selectedOption: { value = '' },
                },
              }) =>
                change({
                  accountId: value,
                  region: accounts.find(({ id }) => id === value)?.regions.includes(region)
                    ? region
                    : '',
                  values: { ...values, customKeyStoreId: '' },
                })
              }
            />
          </Field>
          <Field label="Region" at={['region']}>
            <RegionSelect
              value={region}
              regions={chosen?.regions ?? []}
              onChange={(next) =>
                change({ region: next, values: { ...values, customKeyStoreId: '' } })
              }
              empty={chosen ? 'No Region of this account is known yet' : 'Choose an account first'}
            />
          </Field>
        </ColumnLayout>
        {chosen && !chosen.writable && (
          <StatusIndicator type="error">
            Account {chosen.name} has no role for changes: Claviger only reads it.
          </StatusIndicator>
        )}
      </SpaceBetween>
    </Container>
  )
}
