'use client'

import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import { useHeld } from '@/components/shell/held'
import { Instant } from '@/components/value/clock'
import { Identifier } from '@/components/value/identifier'
import type { AuditLine } from '@/lib/changes/read/shapes'
import { JsonText } from '../../keys/[account]/[region]/[keyId]/json-text'
import { Fold, usePrinting } from '../fold'

/**
 * What the audit log holds about this request, oldest first: each entry with its place
 * in the chain and its hash.
 */
export function AuditLines({ lines }: { lines: readonly AuditLine[] }) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${lines.length})`}
          description="What people and the worker did about this request, as the audit log has it."
        >
          Audit log
        </Header>
      }
    >
      {lines.length === 0 ? (
        <Box color="text-status-error">
          The audit log has no entry about this request. It should: check it.
        </Box>
      ) : (
        <ol className="claviger-timeline">
          {lines.map((line) => (
            <Line key={line.seq} line={line} />
          ))}
        </ol>
      )}
    </Container>
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
