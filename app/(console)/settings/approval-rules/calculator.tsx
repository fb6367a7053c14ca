'use client'

import Box from '@cloudscape-design/components/box'
import Checkbox from '@cloudscape-design/components/checkbox'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { KeyField } from '@/components/access/key-field'
import { describeRule, resolveRule, risks, type About, type ApprovalRules } from '@/lib/changes/rules/rule'
import type { RulesPage } from '@/lib/settings/approval-rules'
import { kindOptions } from './options'

type Props = Pick<RulesPage, 'kinds' | 'accounts'> & { variants: readonly { label: string; rules: ApprovalRules }[] }

const noAccount = { value: '', label: 'None: a change of this installation' }

/** env=prod, team=core */
function parseTags(text: string): Record<string, string> {
  const pairs = text.split(',').map((part) => part.trim()).filter(Boolean)
  return Object.fromEntries(pairs.map((pair) => (pair.includes('=') ? [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()] : [pair, ''])))
}

/** What a change would need by some rules, worked out here as it is when a request is sent. */
export function Calculator({ kinds, accounts, variants }: Props) {
  const [about, setAbout] = useState<About>({ kind: 'grant-create', risk: 'medium', accountId: accounts[0]?.id ?? null, keyArn: null, tags: {} })
  const [tagText, setTagText] = useState('')
  const set = (some: Partial<About>) => setAbout({ ...about, ...some })
  const options = kindOptions(kinds)
  const accountOptions = [...accounts.map(({ id, name }) => ({ value: id, label: name, description: id })), noAccount]
  const riskOptions = risks.map((value) => ({ value }))
  return (
    <Container header={<Header variant="h2" description="The risk of a change is what its kind says when it is asked for; try each.">What would a change need?</Header>}>
      <SpaceBetween size="l">
        <ColumnLayout columns={3}>
          <FormField label="Change">
            <Select
              options={options} filteringType="auto" filteringPlaceholder="Find a kind of change" filteringAriaLabel="Find a kind of change"
              selectedOption={options.flatMap((group) => group.options).find(({ value }) => value === about.kind) ?? null} onChange={({ detail }) => set({ kind: detail.selectedOption.value ?? about.kind })}
            />
          </FormField>
          <FormField label="Risk">
            <Select options={riskOptions} selectedOption={{ value: about.risk }} onChange={({ detail }) => set({ risk: risks.find((risk) => risk === detail.selectedOption.value) ?? about.risk })} />
          </FormField>
          <FormField label="Account">
            <Select
              options={accountOptions} filteringType="auto" filteringPlaceholder="Find an account" filteringAriaLabel="Find an account"
              selectedOption={accountOptions.find(({ value }) => value === (about.accountId ?? '')) ?? noAccount} onChange={({ detail }) => set({ accountId: detail.selectedOption.value || null })}
            />
          </FormField>
          <KeyField label="Key" value={about.keyArn ?? ''} onChange={(keyArn) => set({ keyArn: keyArn.trim() || null, accountId: keyArn.split(':')[4] || about.accountId })} />
          <FormField label="Tags of the key" description="As in env=prod, team=core">
            <Input value={tagText} disabled={about.tags === null} onChange={({ detail }) => { setTagText(detail.value); set({ tags: parseTags(detail.value) }) }} />
          </FormField>
          <FormField label="When its tags are unknown" description="Then every rule by tag applies.">
            <Checkbox checked={about.tags === null} onChange={({ detail }) => set({ tags: detail.checked ? null : parseTags(tagText) })}>They could not be read</Checkbox>
          </FormField>
        </ColumnLayout>
        <ColumnLayout columns={variants.length === 1 ? 1 : 2} borders="vertical">
          {variants.map(({ label, rules }) => <Needs key={label} label={label} rules={rules} about={about} />)}
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  )
}

function Needs({ label, rules, about }: { label: string; rules: ApprovalRules; about: About }) {
  const rule = resolveRule(rules, about)
  return (
    <div>
      <Box variant="h3">{label}</Box>
      <ul>{describeRule(rule).map((words) => <li key={words}>{words}</li>)}</ul>
      <Box color="text-body-secondary" variant="p">{rule.names.length === 0 ? 'No rule is about it.' : `By ${rule.names.map((name) => `“${name}”`).join(', ')}.`}</Box>
    </div>
  )
}
