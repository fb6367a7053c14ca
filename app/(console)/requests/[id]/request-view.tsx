'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { statusWords } from '@/components/change/words'
import { useFrame } from '@/components/shell/page-frame'
import { ClockProvider } from '@/components/value/clock'
import { calling, type ChangeStatus } from '@/lib/change-status'
import type { RequestDetail } from '@/lib/changes/read/shapes'
import { ChangeActs } from '../change/change-acts'
import { ChangeCard } from '../change/change-card'
import { DecideBox } from '../change/decide-box'
import { PrintProvider } from '../fold'
import { useRequest } from '../use-request'
import { AuditLines } from './audit-lines'
import { Comments } from './comments'
import { DecideAll } from './decide-all'
import { DraftPanel } from './draft-panel'
import { RequestFacts } from './request-facts'
import { RequestHead } from './request-head'
import { ReviewPanel } from './review-panel'
import '../requests.css'

/**
 * Everything about one request: what, why, who, what it means, what became of it, and the proof;
 * and what one can do about it.
 */
export function RequestView({ first }: { first: RequestDetail }) {
  const { request, receivedAt, isStale, refresh, retry } = useRequest(first)
  useFrame({
    breadcrumbs: [
      { text: 'Requests', href: '/requests' },
      { text: `R-${request.number}`, href: `/requests/${request.id}` },
    ],
  })
  return (
    <ClockProvider now={request.now} receivedAt={receivedAt}>
      <PrintProvider>
        <SpaceBetween size="l">
          <RequestHead request={request} onDone={refresh} />
          {isStale && (
            <Alert type="warning" action={<Button onClick={retry}>Try again</Button>}>
              This could not be read again: what you see may be old.
            </Alert>
          )}
          <RequestFacts request={request} />
          {request.sentAt === null && <DraftPanel request={request} onDone={refresh} />}
          <ReviewPanel request={request} onDone={refresh} />
          {request.elsewhere > 0 && (
            <Alert type="info">
              {request.elsewhere === 1
                ? 'One more change of this request is of an account'
                : `${request.elsewhere} more changes of this request are of accounts`}{' '}
              that you do not see. Each is decided and done on its own.
            </Alert>
          )}
          {request.changes.length > 1 && <Contents request={request} />}
          {request.changes.map((change) => (
            <ChangeCard
              key={change.id}
              change={change}
              of={request.changes.length}
              breakGlass={request.breakGlass}
            >
              {hasFooter(change) && (
                <SpaceBetween size="s">
                  <DecideBox change={change} onDecided={refresh} />
                  <ChangeActs change={change} requestId={request.id} onDone={refresh} />
                </SpaceBetween>
              )}
            </ChangeCard>
          ))}
          <DecideAll changes={request.changes} onDecided={refresh} />
          <Comments request={request} onDone={refresh} />
          <AuditLines lines={request.audit} />
        </SpaceBetween>
      </PrintProvider>
    </ClockProvider>
  )
}

const quiet: readonly ChangeStatus[] = ['draft', ...calling]
const hasFooter = ({ status, canEnd, endsAt }: RequestDetail['changes'][number]) =>
  !quiet.includes(status) && (status !== 'applied' || canEnd || endsAt !== null)

function Contents({ request }: { request: RequestDetail }) {
  return (
    <Box>
      <ol className="claviger-contents">
        {request.changes.map(({ id, position, title, status }) => (
          <li key={id}>
            <a href={`#change-${position}`}>{title}</a>{' '}
            {status !== 'draft' && <small>{statusWords[status].toLowerCase()}</small>}
          </li>
        ))}
      </ol>
    </Box>
  )
}
