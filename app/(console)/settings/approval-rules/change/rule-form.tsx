'use client'

import Button from '@cloudscape-design/components/button'
import Checkbox from '@cloudscape-design/components/checkbox'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Multiselect from '@cloudscape-design/components/multiselect'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { permissions, roles } from '@/lib/auth/permissions'
import { roleNames } from '@/lib/auth/role-names'
import { describeDemands, describeWhen } from '@/lib/changes/rules/differences'
import { comments, type Rule } from '@/lib/changes/rules/rule'
import type { RulesPage } from '@/lib/settings/approval-rules'
import { namesOf } from '../names'
import { HoursField } from './hours-field'
import { WhenForm } from './when-form'

type Fields = { rule: Rule; fields: Record<string, string[]>; onChange(rule: Rule): void }
type Moves = { onRemove(): void; onUp?: () => void; onDown?: () => void }
type Props = Pick<RulesPage, 'kinds' | 'accounts'> & Fields & Moves & { isNew: boolean }

const deciding: readonly string[] = permissions['requests.decide'].roles
const roleOptions = roles
  .filter((role) => deciding.includes(role))
  .map((value) => ({ value, label: roleNames[value] }))
const approvalOptions = [1, 2, 3, 4, 5].map((count) => ({ value: String(count) }))
const commentOptions = [
  { value: 'none', label: 'Never' },
  { value: 'reject', label: 'When it is rejected' },
  { value: 'both', label: 'Always' },
]

const summaryOf = (rule: Rule, names: Pick<RulesPage, 'kinds' | 'accounts'>) =>
  `About ${describeWhen(rule.when, namesOf(names))}: ` +
  [
    `${rule.approvals} ${rule.approvals === 1 ? 'approval' : 'approvals'}`,
    ...describeDemands(rule),
  ].join(', ')

/** One rule: what it is about, and what it asks for. */
export function RuleForm({ rule, kinds, accounts, isNew, fields, onChange, ...moves }: Props) {
  const hasErrors = Object.keys(fields).length > 0
  return (
    <ExpandableSection
      variant="stacked"
      headingTagOverride="h3"
      defaultExpanded={isNew || hasErrors}
      headerText={rule.name || 'A rule without a name'}
      headerDescription={summaryOf(rule, { kinds, accounts })}
      headerActions={<RuleActions name={rule.name} {...moves} />}
    >
      <SpaceBetween size="l">
        <FormField label="Name" errorText={fields.name?.[0]}>
          <Input
            value={rule.name}
            onChange={({ detail }) => onChange({ ...rule, name: detail.value })}
          />
        </FormField>
        <WhenForm
          when={rule.when}
          kinds={kinds}
          accounts={accounts}
          fields={fields}
          onChange={(when) => onChange({ ...rule, when })}
        />
        <Demands rule={rule} fields={fields} onChange={onChange} />
      </SpaceBetween>
    </ExpandableSection>
  )
}

function RuleActions({ name, onRemove, onUp, onDown }: Moves & { name: string }) {
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      <Button
        variant="icon"
        iconName="angle-up"
        disabled={!onUp}
        ariaLabel={`Move ${name} up`}
        onClick={onUp}
      />
      <Button
        variant="icon"
        iconName="angle-down"
        disabled={!onDown}
        ariaLabel={`Move ${name} down`}
        onClick={onDown}
      />
      <Button variant="icon" iconName="remove" ariaLabel={`Remove ${name}`} onClick={onRemove} />
    </SpaceBetween>
  )
}

/** What the rule asks for. */
function Demands({ rule, fields, onChange }: Fields) {
  return (
    <ColumnLayout columns={3}>
      <FormField label="Approvals" errorText={fields.approvals?.[0]}>
        <Select
          options={approvalOptions}
          selectedOption={{ value: String(rule.approvals) }}
          onChange={({ detail }) =>
            onChange({ ...rule, approvals: Number(detail.selectedOption.value) })
          }
        />
      </FormField>
      <RolesField rule={rule} fields={fields} onChange={onChange} />
      <FormField label="A comment is needed">
        <Select
          options={commentOptions}
          selectedOption={commentOptions.find(({ value }) => value === rule.comment) ?? null}
          onChange={({ detail }) =>
            onChange({
              ...rule,
              comment: comments.find((one) => one === detail.selectedOption.value) ?? rule.comment,
            })
          }
        />
      </FormField>
      <HoursField
        label={
          <span>
            Longest duration <i>- optional</i>
          </span>
        }
        description="Of what has an end."
        hours={rule.longestHours}
        error={fields.longestHours?.[0]}
        onChange={(longestHours) => onChange({ ...rule, longestHours })}
      />
      <OtherDemands rule={rule} onChange={onChange} />
    </ColumnLayout>
  )
}

function RolesField({ rule, fields, onChange }: Fields) {
  return (
    <FormField
      label="By"
      description="None chosen: whoever may decide in the account"
      errorText={fields.roles?.[0]}
    >
      <Multiselect
        options={roleOptions}
        placeholder="Any role that decides"
        selectedOptions={roleOptions.filter(({ value }) => rule.roles.includes(value))}
        onChange={({ detail }) =>
          onChange({
            ...rule,
            roles: roles.filter((role) =>
              detail.selectedOptions.some(({ value }) => value === role),
            ),
          })
        }
      />
    </FormField>
  )
}

function OtherDemands({ rule, onChange }: Pick<Fields, 'rule' | 'onChange'>) {
  return (
    <FormField label="Also">
      <SpaceBetween size="xs">
        <Checkbox
          checked={rule.ownerMust}
          description="Named by the owner tag; a change without a key has none"
          onChange={({ detail }) => onChange({ ...rule, ownerMust: detail.checked })}
        >
          The key’s owner must approve
        </Checkbox>
        <Checkbox
          checked={rule.ticket}
          onChange={({ detail }) => onChange({ ...rule, ticket: detail.checked })}
        >
          A ticket must be named
        </Checkbox>
        <Checkbox
          checked={rule.businessHours}
          description="Approved outside of them, it waits"
          onChange={({ detail }) => onChange({ ...rule, businessHours: detail.checked })}
        >
          Done in business hours alone
        </Checkbox>
      </SpaceBetween>
    </FormField>
  )
}
