'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Link from '@cloudscape-design/components/link'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import { useQuery } from '@tanstack/react-query'
import { readJson } from '@/components/shell/read-json'
import { Moment } from '@/components/value/moment'
import type { Explained, Reason } from '@/lib/access/explain'
import type { ReadTimes } from '@/lib/access/read'

export type Asked = {
  principal: string
  action: string
  label: string
  context?: string
  complete?: boolean
}

/**
 * Why: the answer to one cell, with each statement, grant and condition that
 * decided it, lit in its document.
 */
export function Reasons({
  keyHref,
  keyArn,
  asked,
  onClose,
}: {
  keyHref: string
  keyArn: string
  asked: Asked | null
  onClose: () => void
}) {
  return (
    <Modal
      visible={asked !== null}
      onDismiss={onClose}
      size="large"
      header={asked && `${asked.label}: why`}
      closeAriaLabel="Close"
    >
      {asked && (
        <SpaceBetween size="m">
          <Answer keyHref={keyHref} asked={asked} />
          <Link href={hrefOfQuestion({ key: keyArn, ...asked })}>
            Ask this with an encryption context, or through a service
          </Link>
        </SpaceBetween>
      )}
    </Modal>
  )
}

/** The address of the Ask page with this question in it. */
const hrefOfQuestion = ({
  key,
  principal,
  action,
}: {
  key: string
  principal: string
  action: string
}) => `/access?${new URLSearchParams({ principal, action, key })}`

const verdicts = {
  allow: ['success', 'Allowed'],
  deny: ['error', 'Not allowed'],
  depends: ['info', 'Depends on the request'],
  unknown: ['warning', 'Unknown'],
} as const

/** What policies refuse needs no word about the key's state. */
const isHindered = ({ result, use }: Explained) => result !== 'deny' && use.is !== 'usable'

/**
 * Permission first, then what the state of the key makes of it: "Allowed by policy;
 * the key is pending deletion".
 */
function verdictOf(data: Explained): { type: StatusIndicatorProps.Type; text: string } {
  const [type, text] = verdicts[data.result]
  if (data.explicitDeny) return { type, text: `${text} by an explicit deny` }
  if (!isHindered(data)) return { type, text }
  const permission = data.result === 'allow' ? 'Allowed by policy' : text
  return {
    type: data.use.is === 'unusable' ? 'stopped' : 'warning',
    text: `${permission}; ${data.use.words}`,
  }
}

export function Answer({ keyHref, asked }: { keyHref: string; asked: Asked }) {
  const search = new URLSearchParams({
    principal: asked.principal,
    action: asked.action,
    ...(asked.context ? { context: asked.context } : {}),
    complete: asked.complete ? '1' : '0',
  })
  const url = `/api${keyHref}/access/explain?${search}`
  const { data, error, isPending } = useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => readJson<Explained>(url, signal),
    retry: false,
  })
  if (isPending) return <Spinner />
  if (error) return <Alert type="error">{error.message}</Alert>
  const { type, text } = verdictOf(data)
  return (
    <SpaceBetween size="m">
      <div>
        <StatusIndicator type={type}>{text}</StatusIndicator>
        {isHindered(data) && data.use.error && (
          <Box>AWS answers {data.use.error} to everyone until the state changes.</Box>
        )}
        <Box color="text-body-secondary">
          {asked.action} for {data.principal.id}
        </Box>
      </div>
      <Times readAt={data.readAt} />
      {data.reasons.map((reason, i) => (
        <ReasonView key={i} reason={reason} isFirst={i === 0} />
      ))}
    </SpaceBetween>
  )
}

/** As of when each input of the answer was read. */
export function Times({ readAt }: { readAt: ReadTimes }) {
  return (
    <Box variant="span" fontSize="body-s" color="text-body-secondary">
      As of: key policy <Moment at={readAt.policy} missing="never read" />, grants{' '}
      <Moment at={readAt.grants} missing="never read" />, IAM{' '}
      <Moment at={readAt.iam} missing="never read" />, organization{' '}
      <Moment at={readAt.organization} missing="never read" />, key state{' '}
      <Moment at={readAt.state} missing="never read" />.
    </Box>
  )
}

function ReasonView({ reason, isFirst }: { reason: Reason; isFirst: boolean }) {
  if (reason.document === null) return <Box>{reason.text}</Box>
  return (
    <ExpandableSection
      defaultExpanded={isFirst}
      variant="stacked"
      headerText={reason.text}
      headerDescription={`${reason.title}${reason.path ? `, ${reason.path}` : ''}`}
    >
      <Lit text={reason.document} span={reason.span} />
    </ExpandableSection>
  )
}

/** A document as it is written, with the statement that decides marked and scrolled to. */
function Lit({ text, span }: { text: string; span: Reason['span'] }) {
  return (
    <pre
      className="claviger-json"
      tabIndex={0}
      role="region"
      aria-label="The document, with the statement marked"
    >
      {span === null ? (
        text
      ) : (
        <>
          {text.slice(0, span.start)}
          <mark ref={(mark) => mark?.scrollIntoView({ block: 'nearest' })}>
            {text.slice(span.start, span.end)}
          </mark>
          {text.slice(span.end)}
        </>
      )}
    </pre>
  )
}
