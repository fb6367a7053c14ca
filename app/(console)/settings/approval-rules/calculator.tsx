'use client'

import Checkbox from '@cloudscape-design/components/checkbox'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { KeyField } from '@/components/access/key-field'
import { readJson } from '@/components/shell/read-json'
import { resolveRule, risks, type About, type ApprovalRules } from '@/lib/changes/rules/rule'
import type { RulesPage } from '@/lib/settings/approval-rules'
import type { PreviewedDeciders } from '@/lib/settings/preview-deciders'
import { Needs } from './needs'
import { kindOptions } from './options'
import { accountOfArn } from '@/lib/kms/arn'

type Props = Pick<RulesPage, 'kinds' | 'accounts'> & {
  variants: readonly { label: string; rules: ApprovalRules }[]
}

const noAccount = { value: '', label: 'None: a change of this installation' }

type FieldProps = { about: About; set(some: Partial<About>): void }

/** env=prod, team=core */
function parseTags(text: string): Record<string, string> {
  const pairs = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  return Object.fromEntries(
    pairs.map((pair) =>
      pair.includes('=')
        ? [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()]
        : [pair, ''],
    ),
  )
}

const tagsText = (tags: Record<string, string> | null) =>
  tags === null
    ? 'unknown: never read'
    : Object.entries(tags)
        .map(([key, value]) => `${key}=${value}`)
        .join(', ') || 'none'

/** What is known of the key that is asked about, as soon as its ARN names one. */
function useReadKey(keyArn: string | null) {
  const isKey = keyArn !== null && /:key\//.test(keyArn)
  const { data, error } = useQuery({
    queryKey: ['rules', 'key', keyArn],
    enabled: isKey,
    queryFn: ({ signal }) =>
      readJson<PreviewedDeciders>(
        `/api/approval-rules/deciders?${new URLSearchParams({ arn: keyArn ?? '' })}`,
        signal,
      ),
  })
  return isKey
    ? { keyArn, known: data, problem: error?.message }
    : { keyArn: null, known: undefined, problem: undefined }
}

/** The change that is asked about, with the tags of its key as far as they were read. */
function useAsked({ kinds, accounts }: Pick<Props, 'kinds' | 'accounts'>) {
  const [about, setAbout] = useState<About>({
    kind: kinds[0]?.name ?? '',
    risk: 'medium',
    accountId: accounts[0]?.id ?? null,
    keyArn: null,
    tags: {},
  })
  const [tagText, setTagText] = useState('')
  const key = useReadKey(about.keyArn)
  const set = (some: Partial<About>) => setAbout({ ...about, ...some })
  const setTags = (text: string) => {
    setTagText(text)
    set({ tags: parseTags(text) })
  }
  const asked = key.known ? { ...about, tags: key.known.tags } : about
  return { about, asked, key, tagText, set, setTags }
}

/** What a change would need by some rules, worked out here as it is when a request is sent. */
export function Calculator({ kinds, accounts, variants }: Props) {
  const question = useAsked({ kinds, accounts })
  const { asked, key } = question
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="The risk of a change is what its kind says when it is asked for; try each."
        >
          What would a change need?
        </Header>
      }
    >
      <SpaceBetween size="l">
        <QuestionFields kinds={kinds} accounts={accounts} question={question} />
        <ColumnLayout columns={variants.length === 1 ? 1 : 2} borders="vertical">
          {variants.map(({ label, rules }) => (
            <Needs
              key={label}
              label={label}
              rule={resolveRule(rules, asked)}
              accountId={asked.accountId}
              keyArn={key.keyArn}
            />
          ))}
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  )
}

type QuestionProps = Pick<Props, 'kinds' | 'accounts'> & { question: ReturnType<typeof useAsked> }

function QuestionFields({ kinds, accounts, question }: QuestionProps) {
  const {
    about,
    key: { known, problem },
    tagText,
    set,
    setTags,
  } = question
  return (
    <ColumnLayout columns={3}>
      <KindField kinds={kinds} about={about} set={set} />
      <RiskField about={about} set={set} />
      <AccountField accounts={accounts} about={about} set={set} />
      <KeyField
        label="Key"
        value={about.keyArn ?? ''}
        onChange={(keyArn) =>
          set({
            keyArn: keyArn.trim() || null,
            accountId: accountOfArn(keyArn) || about.accountId,
          })
        }
      />
      <FormField
        label="Tags of the key"
        description={known ? 'Its own, as last read' : 'As in env=prod, team=core'}
        errorText={problem}
      >
        <Input
          value={known ? tagsText(known.tags) : tagText}
          disabled={known !== undefined || about.tags === null}
          onChange={({ detail }) => setTags(detail.value)}
        />
      </FormField>
      {known ? (
        <FormField label="Owner" description="By the owner tag">
          <Input value={known.owner ?? 'unknown: no such tag was read'} disabled />
        </FormField>
      ) : (
        <UnknownTags
          tags={about.tags}
          onChange={(isUnknown) => set({ tags: isUnknown ? null : parseTags(tagText) })}
        />
      )}
    </ColumnLayout>
  )
}

function KindField({ kinds, about, set }: FieldProps & Pick<Props, 'kinds'>) {
  const options = kindOptions(kinds)
  return (
    <FormField label="Change">
      <Select
        options={options}
        filteringType="auto"
        filteringPlaceholder="Find a kind of change"
        filteringAriaLabel="Find a kind of change"
        selectedOption={
          options.flatMap((group) => group.options).find(({ value }) => value === about.kind) ??
          null
        }
        onChange={({ detail }) => set({ kind: detail.selectedOption.value ?? about.kind })}
      />
    </FormField>
  )
}

function RiskField({ about, set }: FieldProps) {
  const options = risks.map((value) => ({ value }))
  return (
    <FormField label="Risk">
      <Select
        options={options}
        selectedOption={{ value: about.risk }}
        onChange={({ detail }) =>
          set({
            risk: risks.find((risk) => risk === detail.selectedOption.value) ?? about.risk,
          })
        }
      />
    </FormField>
  )
}

function AccountField({ accounts, about, set }: FieldProps & Pick<Props, 'accounts'>) {
  const options = [
    ...accounts.map(({ id, name }) => ({ value: id, label: name, description: id })),
    noAccount,
  ]
  return (
    <FormField label="Account">
      <Select
        options={options}
        filteringType="auto"
        filteringPlaceholder="Find an account"
        filteringAriaLabel="Find an account"
        selectedOption={options.find(({ value }) => value === (about.accountId ?? '')) ?? noAccount}
        onChange={({ detail }) => set({ accountId: detail.selectedOption.value || null })}
      />
    </FormField>
  )
}

function UnknownTags({
  tags,
  onChange,
}: {
  tags: About['tags']
  onChange(isUnknown: boolean): void
}) {
  return (
    <FormField label="When its tags are unknown" description="Then every rule by tag applies.">
      <Checkbox checked={tags === null} onChange={({ detail }) => onChange(detail.checked)}>
        They could not be read
      </Checkbox>
    </FormField>
  )
}
