'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import KeyValuePairs, {
  type KeyValuePairsProps,
} from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import SplitPanel from '@cloudscape-design/components/split-panel'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useQuery } from '@tanstack/react-query'
import { readJson } from '@/components/shell/read-json'
import { AccountLabel } from '@/components/value/account-label'
import { Instant } from '@/components/value/clock'
import { Identifier } from '@/components/value/identifier'
import { eventWordsOf } from '@/lib/audit/events'
import type { AuditEntry } from '@/lib/audit/page'
import { KeyLink, Who } from './audit-cells'
import { aboutHref, requestHref } from './places'

/** One entry, whole: what was recorded, and its place in the chain. */
export function EntryPanel({ seq }: { seq: string }) {
  const entry = useQuery({
    queryKey: ['audit', 'entry', seq],
    queryFn: ({ signal }) => readJson<AuditEntry>(`/api/audit/entry/${seq}`, signal),
    staleTime: Infinity,
  })
  return (
    <SplitPanel header={`Entry ${seq}`} closeBehavior="hide">
      {entry.error ? (
        <Alert type="error" header="This entry could not be read">
          {entry.error.message}
        </Alert>
      ) : entry.data ? (
        <Entry entry={entry.data} />
      ) : (
        <StatusIndicator type="loading">Reading the entry</StatusIndicator>
      )}
    </SplitPanel>
  )
}

function Entry({ entry }: { entry: AuditEntry }) {
  return (
    <SpaceBetween size="l">
      <KeyValuePairs columns={3} minColumnWidth={200} items={factsOf(entry)} />
      <div>
        <Box variant="awsui-key-label">Recorded</Box>
        <pre className="claviger-json" tabIndex={0} aria-label={`What entry ${entry.seq} recorded`}>
          {pretty(entry.body)}
        </pre>
      </div>
      <KeyValuePairs
        columns={2}
        minColumnWidth={300}
        items={[
          { label: 'Hash', value: <Identifier text={entry.hash} /> },
          { label: 'Hash of the entry before it', value: <Identifier text={entry.prevHash} /> },
        ]}
      />
    </SpaceBetween>
  )
}

function eventTextOf({ event, storedEvent }: AuditEntry): string {
  const words = eventWordsOf(event)
  return (
    event +
    (storedEvent === null ? '' : ` (recorded as ${storedEvent})`) +
    (words === null ? '' : `: ${words}`)
  )
}

function factsOf(entry: AuditEntry): KeyValuePairsProps.Item[] {
  const { keyArn, requestId, accountId, accountName } = entry
  return [
    {
      label: 'Event',
      value: eventTextOf(entry),
    },
    { label: 'When', value: <Instant at={entry.at} /> },
    { label: 'Who', value: <Who row={entry} /> },
    ...(accountId
      ? [
          {
            label: 'Account',
            value: <AccountLabel account={{ id: accountId, name: accountName ?? accountId }} />,
          },
        ]
      : []),
    ...(keyArn
      ? [
          {
            label: 'Key',
            value: (
              <span>
                <KeyLink arn={keyArn} /> (<Link href={aboutHref('key', keyArn)}>its entries</Link>)
              </span>
            ),
          },
        ]
      : []),
    ...(requestId
      ? [
          {
            label: 'Request',
            value: (
              <span>
                <Link href={requestHref(requestId)}>{requestId}</Link> (
                <Link href={aboutHref('request', requestId)}>its entries</Link>)
              </span>
            ),
          },
        ]
      : []),
  ]
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body // what was altered by hand may be no JSON, and is shown as it is
  }
}
