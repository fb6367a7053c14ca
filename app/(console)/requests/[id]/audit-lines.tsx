'use client'

import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import { ReadFailed } from '@/components/failure/read-failed'
import { useHeld } from '@/components/shell/held'
import { Instant } from '@/components/value/clock'
import { Identifier } from '@/components/value/identifier'
import type { AuditLine, RequestDetail } from '@/lib/changes/read/shapes'
import { JsonText } from '../../keys/[account]/[region]/[keyId]/json-text'
import { useAuditLines } from '../change/use-whole-changes'
import { Fold, usePrinting } from '../fold'

/**
 * What the audit log holds about this request, oldest first: each entry with its place
 * in the chain and its hash. Of a request of many changes it is read when it is opened.
 */
export function RequestAudit({ request }: { request: RequestDetail }) {
  const { count, lines } = request.audit
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${count})`}
          description="What people and the worker did about this request, as the audit log has it."
        >
          Audit log
        </Header>
      }
    >
      {count === 0 && (
        <Box color="text-status-error">
          The audit log has no entry about this request. It should: check it.
        </Box>
      )}
      {count > 0 &&
        (lines ? (
          <Lines of={lines} />
        ) : (
          <Fold title={`Entries (${count})`}>
            <ReadLines request={request} />
          </Fold>
        ))}
    </Container>
  )
}

const Lines = ({ of: lines }: { of: readonly AuditLine[] }) => (
  <ol className="claviger-timeline">
    {lines.map((line) => (
      <Line key={line.seq} line={line} />
    ))}
  </ol>
)

function ReadLines({ request }: { request: RequestDetail }) {
  const { lines, failure, isRetrying, retry } = useAuditLines(request)
  if (lines) return <Lines of={lines} />
  if (!failure) return <Box color="text-body-secondary">Loading the entries…</Box>
  return (
    <ReadFailed
      header="The audit log could not be loaded"
      message={failure.message}
      isRetrying={isRetrying}
      onRetry={retry}
    />
  )
}

function Line({ line: { seq, at, event, actor, hash, data } }: { line: AuditLine }) {
  const maySeeLog = useHeld().has('audit.read')
  const isPrinting = usePrinting()
  return (
    <li>
      <div className="claviger-timeline-head">
        <strong>{event}</strong> by {actor}
        <span>
          <Instant at={at} />
        </span>
      </div>
      <div className="claviger-timeline-proof">
        {maySeeLog ? <Link href={`/audit?entry=${seq}`}>{`Entry ${seq}`}</Link> : `Entry ${seq}`},
        hash <Identifier text={hash} most={isPrinting ? undefined : 40} />
      </div>
      {Object.keys(data).length > 0 && (
        <Fold title={`Data of entry ${seq}`}>
          <JsonText text={JSON.stringify(data)} label={`Data of entry ${seq}`} />
        </Fold>
      )}
    </li>
  )
}
