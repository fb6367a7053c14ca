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

/** What a change would need by some rules, worked out here as it is when a request is sent. */
export function Calculator({ kinds, accounts, variants }: Props) {
  const [about, setAbout] = useState<About>({
    kind: kinds[0]?.name ?? '',
    risk: 'medium',
    accountId: accounts[0]?.id ?? null,
    keyArn: null,
    tags: {},
  })
  const [tagText, setTagText] = useState('')
  const set = (some: Partial<About>) => setAbout({ ...about, ...some })
  const options = kindOptions(kinds)
  const accountOptions = [
    ...accounts.map(({ id, name }) => ({ value: id, label: name, description: id })),
    noAccount,
  ]
  const riskOptions = risks.map((value) => ({ value }))
  const isKey = about.keyArn !== null && /:key\//.test(about.keyArn)
  const key = useQuery({
    queryKey: ['rules', 'key', about.keyArn],
    enabled: isKey,
    queryFn: ({ signal }) =>
      readJson<PreviewedDeciders>(
        `/api/approval-rules/deciders?${new URLSearchParams({ arn: about.keyArn ?? '' })}`,
        signal,
      ),
  })
  const known = isKey ? key.data : undefined
  const asked = known ? { ...about, tags: known.tags } : about
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
        <ColumnLayout columns={3}>
          <FormField label="Change">
            <Select
              options={options}
              filteringType="auto"
              filteringPlaceholder="Find a kind of change"
              filteringAriaLabel="Find a kind of change"
              selectedOption={
                options
                  .flatMap((group) => group.options)
                  .find(({ value }) => value === about.kind) ?? null
              }
              onChange={({ detail }) => set({ kind: detail.selectedOption.value ?? about.kind })}
            />
          </FormField>
          <FormField label="Risk">
            <Select
              options={riskOptions}
              selectedOption={{ value: about.risk }}
              onChange={({ detail }) =>
                set({
                  risk: risks.find((risk) => risk === detail.selectedOption.value) ?? about.risk,
                })
              }
            />
          </FormField>
          <FormField label="Account">
            <Select
              options={accountOptions}
              filteringType="auto"
              filteringPlaceholder="Find an account"
              filteringAriaLabel="Find an account"
              selectedOption={
                accountOptions.find(({ value }) => value === (about.accountId ?? '')) ?? noAccount
              }
              onChange={({ detail }) => set({ accountId: detail.selectedOption.value || null })}
            />
          </FormField>
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
            errorText={isKey ? key.error?.message : undefined}
          >
            <Input
              value={known ? tagsText(known.tags) : tagText}
              disabled={known !== undefined || about.tags === null}
              onChange={({ detail }) => {
                setTagText(detail.value)
                set({ tags: parseTags(detail.value) })
              }}
            />
          </FormField>
          {known ? (
            <FormField label="Owner" description="By the owner tag">
              <Input value={known.owner ?? 'unknown: no such tag was read'} disabled />
            </FormField>
          ) : (
            <FormField
              label="When its tags are unknown"
              description="Then every rule by tag applies."
            >
              <Checkbox
                checked={about.tags === null}
                onChange={({ detail }) => set({ tags: detail.checked ? null : parseTags(tagText) })}
              >
                They could not be read
              </Checkbox>
            </FormField>
          )}
        </ColumnLayout>
        <ColumnLayout columns={variants.length === 1 ? 1 : 2} borders="vertical">
          {variants.map(({ label, rules }) => (
            <Needs
              key={label}
              label={label}
              rule={resolveRule(rules, asked)}
              accountId={about.accountId}
              keyArn={isKey ? about.keyArn : null}
            />
          ))}
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  )
}
