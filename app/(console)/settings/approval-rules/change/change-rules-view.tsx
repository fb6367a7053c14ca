'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { useFrame } from '@/components/shell/page-frame'
import { describeDifferences } from '@/lib/changes/rules/differences'
import { resolveRule, rulesKind, type ApprovalRules, type Rule } from '@/lib/changes/rules/rule'
import type { Failure } from '@/lib/result'
import type { RulesPage } from '@/lib/settings/approval-rules'
import { Calculator } from '../calculator'
import { namesOf } from '../names'
import { AskForRules } from './ask-for-rules'
import { GeneralForm } from './general-form'
import { RuleForm } from './rule-form'

type Keyed = { key: number; rule: Rule }
const crumbs = [
  { text: 'Settings', href: '/settings' },
  { text: 'Approval rules', href: '/settings/approval-rules' },
  { text: 'Change', href: '#' },
]
const fresh = (name: string): Rule => ({
  name,
  when: {},
  approvals: 1,
  roles: [],
  ownerMust: false,
  ticket: false,
  longestHours: null,
  businessHours: false,
  comment: 'none',
})

/** Empty lists say the same as none: what is asked for is written one way. */
const tidy = ({ when, ...rule }: Rule): Rule => ({
  ...rule,
  when: Object.fromEntries(
    Object.entries(when).filter(([, listed]) => listed && listed.length > 0),
  ),
})

/** The rules as they are being written, each with a key that stays its own when it moves. */
function useDraftRules(current: ApprovalRules) {
  const [general, setGeneral] = useState<Omit<ApprovalRules, 'rules'>>(current)
  const [keyed, setKeyed] = useState<Keyed[]>(() =>
    current.rules.map((rule, key) => ({ key, rule })),
  )
  const edited: ApprovalRules = {
    answerHours: general.answerHours,
    defaultDurationHours: general.defaultDurationHours,
    businessHours: general.businessHours,
    rules: keyed.map(({ rule }) => tidy(rule)),
  }
  const nextKey = Math.max(-1, ...keyed.map(({ key }) => key)) + 1
  return {
    general,
    setGeneral,
    keyed,
    edited,
    add: () => setKeyed([...keyed, { key: nextKey, rule: fresh(`Rule ${nextKey + 1}`) }]),
    change: (index: number, rule: Rule) =>
      setKeyed(keyed.map((one, at) => (at === index ? { ...one, rule } : one))),
    remove: (index: number) => setKeyed(keyed.toSpliced(index, 1)),
    move: (index: number, by: number) =>
      setKeyed(
        keyed.toSpliced(index, 1).toSpliced(index + by, 0, ...keyed.slice(index, index + 1)),
      ),
  }
}
type Draft = ReturnType<typeof useDraftRules>

export function ChangeRulesView(props: RulesPage) {
  const { version, rules: current, administrators } = props
  const draft = useDraftRules(current)
  const [failure, setFailure] = useState<Failure | null>(null)
  useFrame({ breadcrumbs: crumbs })
  const { general, setGeneral, edited } = draft
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={
          'You ask for other rules; they are in force when somebody else has approved them. ' +
          'Nothing changes for requests that were sent before.'
        }
      >
        Change the approval rules
      </Header>
      <GeneralForm general={general} fields={failure?.fields} onChange={setGeneral} />
      <RuleList page={props} draft={draft} failure={failure} />
      <Calculator
        variants={[
          { label: 'By the rules in force', rules: current },
          { label: 'By the rules you ask for', rules: edited },
        ]}
        {...props}
      />
      <Lockout rules={edited} administrators={administrators} />
      <AskForRules
        rules={edited}
        version={version}
        differences={describeDifferences(current, edited, namesOf(props))}
        failure={failure}
        onFailure={setFailure}
      />
    </SpaceBetween>
  )
}

type ListProps = { page: RulesPage; draft: Draft; failure: Failure | null }

function RuleList({ page, draft: { keyed, add, change, remove, move }, failure }: ListProps) {
  const isNew = ({ name }: Rule) => !page.rules.rules.some((rule) => rule.name === name)
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${keyed.length})`}
          description={
            'Every rule that is about a change applies, and the strictest of each demand ' +
            'counts. Their order is for the reader.'
          }
          actions={
            <Button iconName="add-plus" onClick={add}>
              Add a rule
            </Button>
          }
        >
          Rules
        </Header>
      }
    >
      <SpaceBetween size="s">
        {keyed.map(({ key, rule }, index) => (
          <RuleForm
            key={key}
            rule={rule}
            {...page}
            isNew={isNew(rule)}
            fields={fieldsOf(failure, index)}
            onChange={(changed) => change(index, changed)}
            onRemove={() => remove(index)}
            onUp={index > 0 ? () => move(index, -1) : undefined}
            onDown={index < keyed.length - 1 ? () => move(index, 1) : undefined}
          />
        ))}
        {keyed.length === 0 && (
          <Box color="text-body-secondary">
            Without a rule every change takes one approval of whoever may decide in its account.
          </Box>
        )}
        {failure?.fields?.['rules.rules']?.map((words) => (
          <Box key={words} color="text-status-error">
            {words}
          </Box>
        ))}
      </SpaceBetween>
    </Container>
  )
}

/** rules.rules.3.name -> name, for the rule of that place. */
function fieldsOf(failure: Failure | null, index: number): Record<string, string[]> {
  const prefix = `rules.rules.${index}.`
  return Object.fromEntries(
    Object.entries(failure?.fields ?? {})
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, words]) => [path.slice(prefix.length), words]),
  )
}

/**
 * Rules are decided by administrators of every account, and never by who asks: say it when the next
 * change of them could fail on that.
 */
function Lockout({ rules, administrators }: { rules: ApprovalRules; administrators: number }) {
  const { approvals } = resolveRule(rules, {
    kind: rulesKind,
    risk: 'high',
    accountId: null,
    keyArn: null,
    tags: {},
  })
  if (approvals < administrators) return null
  return (
    <Alert type="warning" header="These rules may be hard to change again">
      A later change of them takes {approvals} {approvals === 1 ? 'approval' : 'approvals'} by
      administrators of every account, of whom there{' '}
      {administrators === 1 ? 'is 1' : `are ${administrators}`}. Whoever asks does not count: an
      administrator who asks needs {approvals + 1} of them.
    </Alert>
  )
}
