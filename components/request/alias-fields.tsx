'use client'

import Autosuggest from '@cloudscape-design/components/autosuggest'
import Input from '@cloudscape-design/components/input'
import Link from '@cloudscape-design/components/link'
import Select from '@cloudscape-design/components/select'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { readJson } from '@/components/shell/read-json'
import { keyPathOf, parseKeyArn } from '@/lib/kms/arn'
import type { AskedAlias } from '@/lib/changes/request/askable'
import { Field } from './field'
import { useRequestForm } from './form-context'

const bare = (name: string) => name.replace(/^alias\//, '')
const hint = 'Letters, digits, / _ and -, after alias/'

/** A new name. */
export function AliasName() {
  const {
    form: { values },
    changeValues,
  } = useRequestForm()
  return (
    <Field
      label="Alias"
      at={['input.aliasName']}
      hint={hint}
      description="It begins with alias/, which need not be typed. Names that begin with aws/ are AWS’s own."
    >
      <Input
        value={values.alias}
        onChange={({ detail }) => changeValues({ alias: bare(detail.value) })}
        placeholder="payments/orders"
      />
    </Field>
  )
}

type AliasPlace = { account: string; region: string; typed: string }

const useAliases = ({ account, region, typed }: AliasPlace) =>
  useQuery({
    queryKey: ['aliases', account, region, typed],
    enabled: account !== '',
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      readJson<AskedAlias[]>(
        `/api/requests/form/aliases?${new URLSearchParams({ account, region, q: typed })}`,
        signal,
      ),
  })

/** An alias that names another key now: both are said, so that a move between is seen. */
export function MovedAlias() {
  const {
    form: { keys, values },
    changeValues,
  } = useRequestForm()
  const { region = '', accountId: account = '' } = parseKeyArn(keys[0] ?? '') ?? {}
  const { data = [], isFetching, error } = useAliases({ account, region, typed: values.alias })
  const movable = data.filter(({ targetArn }) => targetArn !== null && targetArn !== keys[0])
  const type = (typed: string) =>
    changeValues({
      alias: bare(typed),
      fromKeyArn: data.find(({ name }) => bare(name) === bare(typed))?.targetArn ?? '',
    })
  return (
    <Field
      label="Alias"
      at={['input.aliasName', 'input.fromKeyArn']}
      description="Of another key in the same account and Region. Whoever uses that alias uses this key from then on."
    >
      <Autosuggest
        ariaLabel="Alias"
        value={values.alias}
        filteringType="manual"
        onChange={({ detail }) => type(detail.value)}
        placeholder="payments/orders"
        enteredTextLabel={(text) => `Use "${text}"`}
        options={movable.map(({ name, targetArn }) => ({
          value: bare(name),
          label: name,
          description: `names ${targetArn?.split('/').at(-1)} now`,
        }))}
        statusType={error ? 'error' : isFetching ? 'loading' : 'finished'}
        errorText={error?.message}
        loadingText="Looking"
        empty={
          account === ''
            ? 'Choose the key first'
            : 'No other alias like this in its account and Region'
        }
      />
      <NamedNow keyArn={values.fromKeyArn} isMissing={values.alias !== '' && !isFetching} />
    </Field>
  )
}

/** The key that the alias names now; or that the alias is not known, once it was looked for. */
function NamedNow({ keyArn, isMissing }: { keyArn: string; isMissing: boolean }) {
  if (keyArn !== '')
    return (
      <StatusIndicator type="info">
        Names <Link href={keyPathOf(keyArn) ?? undefined}>{keyArn.split('/').at(-1)}</Link> now.
      </StatusIndicator>
    )
  return (
    isMissing && (
      <StatusIndicator type="warning">
        Claviger does not know this alias. If it is new, refresh the account, then pick it from the
        list.
      </StatusIndicator>
    )
  )
}

/** One of the key's own. */
export function OwnAlias() {
  const {
    form: { values },
    keys,
    changeValues,
  } = useRequestForm()
  const options = keys
    .flatMap(({ aliases }) => aliases)
    .map((name) => ({ value: bare(name), label: name }))
  return (
    <Field
      label="Alias"
      at={['input.aliasName']}
      description="Whoever names the key by it is refused afterwards."
    >
      <Select
        selectedOption={
          values.alias === ''
            ? null
            : (options.find(({ value }) => value === values.alias) ?? {
                value: values.alias,
                label: `alias/${values.alias}`,
              })
        }
        options={options}
        placeholder="Choose one"
        empty="No alias of this key is known"
        onChange={({ detail }) => changeValues({ alias: detail.selectedOption.value ?? '' })}
      />
    </Field>
  )
}
