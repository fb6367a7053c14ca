'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { BoxTable } from '@/components/table/box-table'
import { Moment } from '@/components/value/moment'
import { describeDemands, describeWhen } from '@/lib/changes/rules/differences'
import { nameBusinessHours } from '@/lib/changes/rules/hours'
import { nameHours } from '@/lib/changes/rules/rule'
import type { RulesPage, RulesVersion } from '@/lib/settings/approval-rules'
import { SettingsFrame } from '../settings-frame'
import { Calculator } from './calculator'
import { namesOf } from './names'

export function RulesView(props: RulesPage & { mayAsk: boolean }) {
  const { version, rules, history, pending } = props
  return (
    <SettingsFrame tab="approval-rules">
      <SpaceBetween size="l">
        {pending.map(({ requestId, number, title, status }) => (
          <Alert
            key={requestId}
            type="info"
            action={<Button href={`/requests/${requestId}`}>Open R-{number}</Button>}
          >
            {title}: a change of these rules is {status}.
          </Alert>
        ))}
        <RulesTable {...props} />
        <Calculator
          variants={[
            { label: version === 0 ? 'By the rules we ship' : `By version ${version}`, rules },
          ]}
          {...props}
        />
        <History history={history} version={version} />
      </SpaceBetween>
    </SettingsFrame>
  )
}

function RulesTable(props: RulesPage & { mayAsk: boolean }) {
  const { version, rules, hidden, mayAsk } = props
  const names = namesOf(props)
  const description =
    'Every rule that is about a change applies, and the strictest of each demand counts; ' +
    'their order means nothing. Unanswered requests expire after ' +
    `${nameHours(rules.answerHours)}. ` +
    `A time-boxed change ends after ${nameHours(rules.defaultDurationHours)}, unless it says ` +
    `otherwise. Business hours: ${nameBusinessHours(rules.businessHours)}.` +
    (hidden === 0
      ? ''
      : ` ${hidden} ${hidden === 1 ? 'rule is' : 'rules are'} left out: about accounts that you do not see.`)
  return (
    <BoxTable
      variant="container"
      trackBy="name"
      items={rules.rules}
      header={
        <Header
          variant="h2"
          counter={`(${rules.rules.length})`}
          description={description}
          actions={
            mayAsk && <Button href="/settings/approval-rules/change">Change the rules</Button>
          }
        >
          {version === 0 ? 'Rules in force, as shipped' : `Rules in force, version ${version}`}
        </Header>
      }
      empty={
        <Box textAlign="center" color="inherit">
          There is no rule: every change takes one approval of whoever may decide in its account.
        </Box>
      }
      columnDefinitions={[
        { id: 'name', header: 'Rule', isRowHeader: true, minWidth: 150, cell: (rule) => rule.name },
        {
          id: 'when',
          header: 'About',
          minWidth: 220,
          cell: (rule) => describeWhen(rule.when, names),
        },
        { id: 'approvals', header: 'Approvals', minWidth: 100, cell: (rule) => rule.approvals },
        {
          id: 'demands',
          header: 'And',
          minWidth: 260,
          cell: (rule) => describeDemands(rule).join('; '),
        },
      ]}
    />
  )
}

function History({ history, version }: { history: RulesVersion[]; version: number }) {
  return (
    <BoxTable
      variant="container"
      trackBy="requestId"
      items={history}
      header={
        <Header
          variant="h2"
          description={
            'Each version was asked for and approved like any other change. A request keeps ' +
            'the rules it was sent under.'
          }
        >
          How they came about
        </Header>
      }
      empty={
        <Box textAlign="center" color="inherit">
          {version === 0
            ? 'Nobody has changed the rules yet.'
            : 'No request is known that set these rules.'}
        </Box>
      }
      columnDefinitions={[
        {
          id: 'version',
          header: 'Version',
          isRowHeader: true,
          minWidth: 80,
          cell: (one) => one.version,
        },
        {
          id: 'at',
          header: 'In force since',
          minWidth: 120,
          cell: (one) => <Moment at={one.at} />,
        },
        {
          id: 'request',
          header: 'Request',
          minWidth: 220,
          cell: (one) => (
            <a href={`/requests/${one.requestId}`}>
              R-{one.number}: {one.requestTitle}
            </a>
          ),
        },
        { id: 'by', header: 'Asked by', minWidth: 130, cell: (one) => one.askedBy },
        {
          id: 'decided',
          header: 'Approved by',
          minWidth: 130,
          cell: (one) => one.decidedBy.join(', ') || 'nobody: break-glass',
        },
      ]}
    />
  )
}
