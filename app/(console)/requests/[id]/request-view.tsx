'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { statusWords } from '@/components/change/words'
import { useFlash } from '@/components/shell/flash'
import { useFrame } from '@/components/shell/page-frame'
import { ClockProvider } from '@/components/value/clock'
import { calling, type ChangeStatus } from '@/lib/change-status'
import type { ChangeDetail, ChangeRow, RequestDetail } from '@/lib/changes/read/shapes'
import { ChangeActs } from '../change/change-acts'
import { ChangeCard } from '../change/change-card'
import { ChangeRows } from '../change/change-rows'
import { DecideBox } from '../change/decide-box'
import { useOpened, usePrintWhole } from '../change/use-whole-changes'
import { PrintProvider } from '../fold'
import { useRequest } from '../use-request'
import { RequestAudit } from './audit-lines'
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
  const opening = useOpened(request.changes)
  const flash = useFlash()
  const { print, isReading } = usePrintWhole(request, opening, (error) =>
    flash.show({ type: 'error', header: 'Not printed', content: error.message }),
  )
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
          <RequestHead request={request} onDone={refresh} onPrint={print} isReading={isReading} />
          {isStale && (
            <Alert type="warning" action={<Button onClick={retry}>Try again</Button>}>
              This could not be read again: what you see may be old.
            </Alert>
          )}
          <RequestFacts request={request} />
          {request.sentAt === null && <DraftPanel request={request} onDone={refresh} />}
          <ReviewPanel request={request} onDone={refresh} />
          <Elsewhere count={request.elsewhere} />
          <Changes request={request} opening={opening} onDone={refresh} />
          <DecideAll changes={request.changes} onDecided={refresh} />
          <Comments request={request} onDone={refresh} />
          <RequestAudit request={request} />
        </SpaceBetween>
      </PrintProvider>
    </ClockProvider>
  )
}

function Elsewhere({ count }: { count: number }) {
  if (count === 0) return null
  return (
    <Alert type="info">
      {count === 1
        ? 'One more change of this request is of an account'
        : `${count} more changes of this request are of accounts`}{' '}
      that you do not see. Each is decided and done on its own.
    </Alert>
  )
}

type ChangesProps = {
  request: RequestDetail
  opening: ReturnType<typeof useOpened>
  onDone: () => Promise<unknown>
}

/** Few changes stand open; of many each is opened by itself. */
function Changes({ request, opening, onDone }: ChangesProps) {
  const footerOf = (change: ChangeDetail) =>
    hasFooter(change) && (
      <SpaceBetween size="s">
        <DecideBox change={change} onDecided={onDone} />
        <ChangeActs change={change} requestId={request.id} onDone={onDone} />
      </SpaceBetween>
    )
  if (request.whole.length < request.changes.length) {
    const closed = request.changes.filter(({ id }) => !opening.opened.has(id)).length
    return (
      <SpaceBetween size="l">
        <ChangeRows
          request={request}
          changes={request.changes}
          opening={opening}
          footer={footerOf}
        />
        {closed > 0 && (
          <p className="claviger-paper">
            {closed} of these changes stand here without their details. Print on the page of the
            request prints all of them.
          </p>
        )}
      </SpaceBetween>
    )
  }
  return (
    <SpaceBetween size="l">
      {request.whole.length > 1 && <Contents request={request} />}
      {request.whole.map((change) => (
        <ChangeCard
          key={change.id}
          change={change}
          of={request.changes.length}
          breakGlass={request.breakGlass}
        >
          {footerOf(change)}
        </ChangeCard>
      ))}
    </SpaceBetween>
  )
}

const quiet: readonly ChangeStatus[] = ['draft', ...calling]
const hasFooter = ({ status, canEnd, endsAt }: ChangeRow) =>
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
