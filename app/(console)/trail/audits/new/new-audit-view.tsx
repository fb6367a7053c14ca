'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import DatePicker from '@cloudscape-design/components/date-picker'
import Form from '@cloudscape-design/components/form'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Multiselect from '@cloudscape-design/components/multiselect'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { useFrame } from '@/components/shell/page-frame'
import type { Failure } from '@/lib/result'
import { makeUsageAudit } from '../actions'

type Account = { id: string; name: string }
type Props = { accounts: readonly Account[]; keys: string }

const crumbs = [
  { text: 'Trail', href: '/trail' },
  { text: 'Usage audits', href: '/trail/audits' },
  { text: 'New', href: '/trail/audits/new' },
]

type Written = {
  title: string
  from: string
  until: string
  accounts: readonly string[]
  keys: string
  tagName: string
  tagValue: string
  owner: string
}

const blank: Written = {
  title: '',
  from: '',
  until: '',
  accounts: [],
  keys: '',
  tagName: '',
  tagValue: '',
  owner: '',
}

const toInput = ({ keys, tagName, tagValue, owner, accounts, ...rest }: Written) => ({
  ...rest,
  accounts: [...accounts],
  keys: keys.split(/\s+/u).filter(Boolean),
  tag: tagName.trim() || tagValue ? { name: tagName, value: tagValue } : null,
  owner: owner.trim() || null,
})

/** The form of a usage audit: which keys, which period. */
export function NewAuditView({ accounts, keys }: Props) {
  useFrame({ breadcrumbs: crumbs })
  const router = useRouter()
  const [isPending, start] = useTransition()
  const [failure, setFailure] = useState<Failure | null>(null)
  const [written, setWritten] = useState<Written>({ ...blank, keys })
  const set = (some: Partial<Written>) => setWritten({ ...written, ...some })
  const send = () =>
    start(async () => {
      const result = await makeUsageAudit(toInput(written))
      if (result.ok) router.push(`/trail/audits/${result.data}`)
      else setFailure(result.error)
    })
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="All conditions must hold. Without any, every key of your accounts is taken."
        >
          New usage audit
        </Header>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" href="/trail/audits" formAction="none">
                Cancel
              </Button>
              <Button variant="primary" loading={isPending} loadingText="Counting">
                Make audit
              </Button>
            </SpaceBetween>
          }
        >
          <Container>
            <SpaceBetween size="l">
              {failure && <Alert type="error">{failure.message}</Alert>}
              <Period written={written} set={set} failure={failure} />
              <Keys written={written} set={set} failure={failure} accounts={accounts} />
            </SpaceBetween>
          </Container>
        </Form>
      </form>
    </ContentLayout>
  )
}

type FieldsProps = {
  written: Written
  set(some: Partial<Written>): void
  failure: Failure | null
}

const errorOf = (failure: Failure | null, ...fields: string[]) =>
  Object.entries(failure?.fields ?? {}).find(([name]) =>
    fields.some((field) => name === field || name.startsWith(`${field}.`)),
  )?.[1]?.[0]

function Period({ written: { title, from, until }, set, failure }: FieldsProps) {
  return (
    <SpaceBetween size="l">
      <FormField label="Purpose" errorText={errorOf(failure, 'title')}>
        <Input
          value={title}
          onChange={({ detail }) => set({ title: detail.value })}
          placeholder="Yearly review of the payment keys"
        />
      </FormField>
      <FormField label="First day (UTC)" errorText={errorOf(failure, 'from')}>
        <DatePicker
          value={from}
          onChange={({ detail }) => set({ from: detail.value })}
          openCalendarAriaLabel={() => 'Choose the first day'}
          placeholder="YYYY/MM/DD"
        />
      </FormField>
      <FormField
        label="Last day (UTC)"
        description="Yesterday at the latest, and at most 366 days."
        errorText={errorOf(failure, 'until')}
      >
        <DatePicker
          value={until}
          onChange={({ detail }) => set({ until: detail.value })}
          openCalendarAriaLabel={() => 'Choose the last day'}
          placeholder="YYYY/MM/DD"
        />
      </FormField>
    </SpaceBetween>
  )
}

const optional = (label: string) => (
  <span>
    {label} <i>- optional</i>
  </span>
)

function Keys({ written, set, failure, accounts }: FieldsProps & { accounts: readonly Account[] }) {
  const options = accounts.map(({ id, name }) => ({ value: id, label: name, description: id }))
  return (
    <SpaceBetween size="l">
      <FormField label={optional('Accounts')} errorText={errorOf(failure, 'accounts')}>
        <Multiselect
          options={options}
          selectedOptions={options.filter(({ value }) => written.accounts.includes(value))}
          onChange={({ detail }) =>
            set({ accounts: detail.selectedOptions.flatMap(({ value }) => value ?? []) })
          }
          filteringType="auto"
          placeholder="All accounts that you see"
          deselectAriaLabel={({ label }) => `Remove ${label}`}
        />
      </FormField>
      <FormField
        label={optional('Keys')}
        description="ARNs, one a line."
        errorText={errorOf(failure, 'keys')}
      >
        <Textarea value={written.keys} onChange={({ detail }) => set({ keys: detail.value })} />
      </FormField>
      <FormField label={optional('Tag key')} errorText={errorOf(failure, 'tag')}>
        <Input value={written.tagName} onChange={({ detail }) => set({ tagName: detail.value })} />
      </FormField>
      <FormField label={optional('Tag value')}>
        <Input
          value={written.tagValue}
          onChange={({ detail }) => set({ tagValue: detail.value })}
        />
      </FormField>
      <FormField
        label={optional('Owner')}
        description="As the owner tag of the keys says it."
        errorText={errorOf(failure, 'owner')}
      >
        <Input value={written.owner} onChange={({ detail }) => set({ owner: detail.value })} />
      </FormField>
    </SpaceBetween>
  )
}
