'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useState, useTransition } from 'react'
import { useFlash } from '@/components/shell/flash'
import { useFrame } from '@/components/shell/page-frame'
import { Identifier } from '@/components/value/identifier'
import { Moment } from '@/components/value/moment'
import type { Checked, UsageAuditDetail } from '@/lib/changes/usage-audit/usage-audits'
import type { Parameters } from '@/lib/changes/usage-audit/content'
import { checkUsageAudit } from '../actions'
import { AuditTables } from './audit-tables'
import { CheckResult } from './check-result'

type Props = { audit: UsageAuditDetail }

/** A usage audit: what was asked, what could be seen, and what was found. */
export function AuditView({ audit }: Props) {
  useFrame({
    breadcrumbs: [
      { text: 'Trail', href: '/trail' },
      { text: 'Usage audits', href: '/trail/audits' },
      { text: audit.name, href: `/trail/audits/${audit.id}` },
    ],
  })
  const [checked, setChecked] = useState<Checked | null>(null)
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={audit.title}
          actions={<Acts audit={audit} onChecked={setChecked} />}
        >
          Usage audit {audit.name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {audit.isAltered && (
          <Alert type="error" header="Altered">
            What is kept is not what was hashed when this audit was made.
          </Alert>
        )}
        {checked && <CheckResult checked={checked} />}
        <Facts audit={audit} />
        <AuditTables audit={audit} />
      </SpaceBetween>
    </ContentLayout>
  )
}

function Acts({ audit: { id }, onChecked }: Props & { onChecked(checked: Checked): void }) {
  const [isPending, start] = useTransition()
  const flash = useFlash()
  return (
    <div data-claviger-screen>
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          loading={isPending}
          loadingText="Counting again"
          onClick={() =>
            start(async () => {
              const result = await checkUsageAudit({ id })
              if (result.ok) onChecked(result.data)
              else flash.failure(result.error)
            })
          }
        >
          Make again and compare
        </Button>
        <Button iconName="download" href={`/api/trail/audits/${id}/csv`} download>
          CSV
        </Button>
        <Button onClick={() => window.print()}>Print</Button>
      </SpaceBetween>
    </div>
  )
}

function Facts({ audit }: Props) {
  const { content, calls, hash, madeAt, madeBy, checked, keyNames } = audit
  const { parameters } = content
  return (
    <Container header={<Header variant="h2">Scope</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Period (UTC)', value: `${parameters.from} to ${parameters.until}` },
            { label: 'Conditions', value: sayConditions(parameters) },
            { label: 'Keys', value: parameters.keyArns.length.toLocaleString('en') },
            { label: 'Calls', value: calls.toLocaleString('en') },
            {
              label: 'Made',
              value: (
                <>
                  <Moment at={madeAt} /> by {madeBy}
                </>
              ),
            },
            {
              label: 'Made again',
              value: checked ? (
                <>
                  <StatusIndicator type={checked.isSame ? 'success' : 'warning'}>
                    {checked.isSame ? 'Same hash' : 'Differs'}
                  </StatusIndicator>{' '}
                  <Moment at={checked.at} /> by {checked.by}
                </>
              ) : (
                'not yet'
              ),
            },
            { label: 'SHA-256 of the content', value: <Identifier text={hash} /> },
          ]}
        />
        <ExpandableSection headerText="Keys">
          <ul>
            {parameters.keyArns.map((arn) => (
              <li key={arn}>
                {keyNames[arn] ? `${keyNames[arn]}: ` : ''}
                {arn}
              </li>
            ))}
          </ul>
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  )
}

function sayConditions({ accounts, keys, tag, owner }: Parameters): string {
  const said = [
    accounts.length > 0 && `accounts ${accounts.join(', ')}`,
    keys.length > 0 && (keys.length === 1 ? 'one key by its ARN' : `${keys.length} keys by ARN`),
    tag && `tag ${tag.name} = ${tag.value}`,
    owner && `owner ${owner}`,
  ].filter((one) => typeof one === 'string')
  return said.length > 0 ? said.join('; ') : 'every key of the accounts in scope'
}
