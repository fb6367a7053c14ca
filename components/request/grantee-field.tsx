'use client'

import Autosuggest from '@cloudscape-design/components/autosuggest'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { readJson } from '@/components/shell/read-json'
import { servicePrincipals } from '@/lib/access/actions'
import type { Suggestion } from '@/lib/access/suggest'
import { accountOfArn, parseArn } from '@/lib/kms/arn'
import { Field } from './field'
import { useRequestForm } from './form-context'

type Props = {
  label: string
  at: readonly string[]
  description?: string
  hint?: string
  value: string
  onChange: (value: string) => void
}

/**
 * The ARN of a user, role, session or account, looked up while it is typed;
 * below it what is known of it.
 */
export function GranteeField({ label, at, description, hint, value, onChange }: Props) {
  const { accounts } = useRequestForm().around
  const { data, isFetching, error } = usePrincipals(value)
  const whole = accounts
    .filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(value.toLowerCase()))
    .slice(0, 5)
  return (
    <Field label={label} at={at} description={description} hint={hint}>
      <Autosuggest
        ariaLabel={label}
        value={value}
        filteringType="manual"
        onChange={({ detail }) => onChange(detail.value)}
        placeholder="ARN of a user, a role, a session of one, or an account (…:root)"
        enteredTextLabel={(text) => `Use "${text}"`}
        options={[
          {
            label: 'Users and roles',
            options: (data ?? []).map(({ id, name, kind, accountId }) => ({
              value: id,
              label: id,
              description: `${kind} ${name} of ${nameOf(accounts, accountId)}`,
            })),
          },
          {
            label: 'Whole accounts',
            options: whole.map(({ id, name, partition }) => ({
              value: `arn:${partition}:iam::${id}:root`,
              description: `everybody in ${name} whom its IAM lets`,
            })),
          },
        ].filter((group) => group.options.length > 0)}
        statusType={error ? 'error' : isFetching ? 'loading' : 'finished'}
        errorText={error?.message}
        loadingText="Looking"
        empty="Nobody by this name in the accounts you may see"
      />
      <Known value={value.trim()} />
    </Field>
  )
}

const usePrincipals = (text: string) =>
  useQuery({
    queryKey: ['principals', text],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      readJson<Suggestion[]>(
        `/api/access/principals?${new URLSearchParams({ q: text.slice(0, 300) })}`,
        signal,
      ),
  })

const nameOf = (accounts: readonly { id: string; name: string }[], id: string) =>
  accounts.find((account) => account.id === id)?.name ?? id

/** What is known of a principal, looked up only by a whole ARN; null until it is one. */
function useLookedUp(value: string) {
  const arn = parseArn(value)
  const isWhole =
    arn !== null &&
    /^\d{12}$/.test(arn.account) &&
    /^(root|(user|role|assumed-role|federated-user)\/.+)$/.test(arn.resource)
  const looked = useQuery({
    queryKey: ['principal', value],
    enabled: isWhole && /^(user|role)\//.test(arn.resource),
    queryFn: ({ signal }) =>
      readJson<Suggestion[]>(
        `/api/access/principals?${new URLSearchParams({ q: value.slice(0, 300) })}`,
        signal,
      ),
  })
  return isWhole ? { arn, looked } : null
}

/** Where a principal is, in words, and what that means for a grant to it. */
function usePlaceOf(account: string | undefined) {
  const {
    form,
    around: { accounts },
  } = useRequestForm()
  const isConnected = accounts.some(({ id }) => id === account)
  const across = form.keys.some((key) => accountOfArn(key) !== account)
  return {
    isConnected,
    where: isConnected
      ? `of ${nameOf(accounts, account ?? '')}`
      : `of account ${account}, which is not connected here: whether it exists, only AWS can say`,
    elsewhere: across
      ? ' It is in another account than the key: there, IAM must allow it too.'
      : '',
  }
}

/** Whether the principal is one we know, said only of a whole ARN. */
function Known({ value }: { value: string }) {
  const principal = useLookedUp(value)
  const { isConnected, where, elsewhere } = usePlaceOf(principal?.arn.account)
  if (!principal) return null
  const { arn, looked } = principal
  const found = looked.data?.find(({ id }) => id === value)
  if (found)
    return (
      <StatusIndicator type="success">
        {found.kind} {found.name} {where}.{elsewhere}
      </StatusIndicator>
    )
  if (arn.resource === 'root')
    return (
      <StatusIndicator type={isConnected ? 'info' : 'warning'}>
        The whole account {where}.{elsewhere}
      </StatusIndicator>
    )
  if (looked.isFetching)
    return <StatusIndicator type="loading">Looking whether it is known</StatusIndicator>
  if (looked.error)
    return (
      <StatusIndicator type="warning">
        Whether it is known could not be read: {looked.error.message}
      </StatusIndicator>
    )
  if (isConnected && looked.data)
    return (
      <StatusIndicator type="warning">
        No such {arn.resource.startsWith('user/') ? 'user' : 'role'} is known {where}. KMS refuses
        who does not exist; one made since IAM was last read is not known yet.
      </StatusIndicator>
    )
  return (
    <StatusIndicator type={isConnected ? 'info' : 'warning'}>
      A principal {where}.{elsewhere}
    </StatusIndicator>
  )
}

/** An AWS service by the name policies know it by. */
export function ServiceField({ label, at, description, value, onChange }: Props) {
  return (
    <Field label={label} at={at} description={description}>
      <Autosuggest
        ariaLabel={label}
        value={value}
        onChange={({ detail }) => onChange(detail.value)}
        placeholder="dynamodb.amazonaws.com"
        enteredTextLabel={(text) => `Use "${text}"`}
        options={servicePrincipals.map((name) => ({ value: name }))}
        empty="Type its name"
      />
    </Field>
  )
}
