'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { DialogButtons } from '@/components/shell/dialog-buttons'
import { useFlash } from '@/components/shell/flash'
import { isSameForm } from '@/lib/changes/request/same-form'
import type { RequestDetail } from '@/lib/changes/read/shapes'
import { discardDraft, sendRequest } from '../actions'
import { Refusal } from '../refusal'
import { useAct } from '../use-act'
import { BreakGlass } from './break-glass'

type Props = { request: RequestDetail; onDone: () => Promise<unknown> }

type Reason = { id: string; title: string; words: string }

/**
 * A draft before it is sent: who would be asked, or why nobody could approve it,
 * and then it cannot be sent.
 */
export function DraftPanel({ request, onDone }: Props) {
  const { isActing, failure, run } = useAct()
  const flash = useFlash()
  if (!request.mine) return null
  const blocked = reasonsOf(request, ({ unanswerable }) => unanswerable)
  const unmet = reasonsOf(request, (change) => change.unmet)
  const send = () =>
    run(
      () => sendRequest({ id: request.id }),
      async () => {
        flash.success(`R-${request.number} is sent. Whoever can decide was told.`)
        await onDone()
      },
    )
  return (
    <Container header={<Header variant="h2">Before you send it</Header>}>
      <SpaceBetween size="s">
        {blocked.length > 0 ? (
          <Alert type="error" header="Nobody could approve this, so it cannot be sent">
            <Titled of={blocked} />
          </Alert>
        ) : (
          <Asked request={request} />
        )}
        {unmet.length > 0 && (
          <Alert type="error" header="As it is, it cannot be sent">
            <Titled of={unmet} />
          </Alert>
        )}
        <Refused request={request} />
        <DraftActs
          request={request}
          isActing={isActing}
          onSend={blocked.length === 0 && unmet.length === 0 ? send : undefined}
          onDone={onDone}
        />
        <Refusal failure={failure} header="Not sent" />
      </SpaceBetween>
    </Container>
  )
}

type ActsProps = Props & {
  isActing: boolean
  /** Absent: it cannot be sent as it is. */
  onSend?: () => void
}

function DraftActs({ request, isActing, onSend, onDone }: ActsProps) {
  const [isDiscarding, setDiscarding] = useState(false)
  const [isBreaking, setBreaking] = useState(false)
  return (
    <>
      <div className="claviger-acts">
        <SpaceBetween direction="horizontal" size="xs">
          {onSend && (
            <Button variant="primary" loading={isActing} onClick={onSend}>
              Send
            </Button>
          )}
          {/* Other drafts are discarded, and asked for anew where they came from. */}
          {isSameForm(request.changes) && (
            <Button href={`/requests/new?from=${request.changes[0]?.id ?? ''}`} disabled={isActing}>
              Edit
            </Button>
          )}
          <Button onClick={() => setDiscarding(true)} disabled={isActing}>
            Discard
          </Button>
          {request.canBreakGlass && (
            <Button onClick={() => setBreaking(true)} disabled={isActing}>
              Break the glass
            </Button>
          )}
        </SpaceBetween>
      </div>
      {isDiscarding && <Discard request={request} onClose={() => setDiscarding(false)} />}
      {isBreaking && (
        <BreakGlass request={request} onDone={onDone} onClose={() => setBreaking(false)} />
      )}
    </>
  )
}

type Part = RequestDetail['changes'][number]

const reasonsOf = (
  { changes }: RequestDetail,
  reasonOf: (change: Part) => string | null,
): readonly Reason[] =>
  changes.flatMap((change) => {
    const words = reasonOf(change)
    return words === null ? [] : [{ id: change.id, title: change.title, words }]
  })

function nameAsked({ deciders, foreseenRule: { approvals } }: Part) {
  const names = deciders.map(({ name, standingInFor }) =>
    standingInFor ? `${name} (standing in for ${standingInFor.name})` : name,
  )
  return {
    names: `${names.join(', ')}.`,
    takes: approvals > 1 ? `It takes ${approvals} of them.` : 'It takes one of them.',
  }
}

/** Changes in several accounts, or of several risks, may be asked of different people. */
function Asked({ request: { changes } }: { request: RequestDetail }) {
  const asked = changes.map((change) => ({ title: change.title, ...nameAsked(change) }))
  const groups = [...new Set(asked.map(({ names, takes }) => names + takes))].map((group) =>
    asked.filter(({ names, takes }) => names + takes === group),
  )
  return (
    <Box>
      {groups.length === 1 ? (
        <>
          <strong>Will be asked: {asked[0]?.names}</strong> {asked[0]?.takes}{' '}
        </>
      ) : (
        <>
          <strong>Will be asked:</strong>
          <ul className="claviger-lines">
            {groups.map((group) => (
              <li key={`${group[0]?.names} ${group[0]?.takes}`}>
                {group.map(({ title }) => title).join(', ')}: <strong>{group[0]?.names}</strong>{' '}
                {group[0]?.takes}
              </li>
            ))}
          </ul>
        </>
      )}
      {changes.length > 1 && 'Each change is decided and done on its own. '}Nothing happens in AWS
      before that.
    </Box>
  )
}

/**
 * AWS will refuse it, by its own dry run or by the policies: worth knowing before others are asked.
 */
function Refused({ request: { changes } }: { request: RequestDetail }) {
  const failing = changes.flatMap(({ id, title, preflight: { dryRun } }) =>
    dryRun?.would === 'fail' ? [{ id, title, words: dryRun.words }] : [],
  )
  const certain = changes.flatMap(({ id, title, preflight: { roleForesight } }) =>
    roleForesight?.doing?.result === 'refused'
      ? [{ id, title, words: roleForesight.doing.lines.join(' ') }]
      : [],
  )
  return (
    <>
      {failing.length > 0 && (
        <Alert type="warning" header="As things are, AWS would refuse it">
          <Titled of={failing} />
        </Alert>
      )}
      {certain.length > 0 && (
        <Alert type="error" header="AWS will refuse this, so it cannot be sent as things are">
          <Titled of={certain} />
          Send checks the policies again.
        </Alert>
      )}
    </>
  )
}

function Titled({ of: rows }: { of: readonly Reason[] }) {
  return (
    <ul className="claviger-lines">
      {rows.map(({ id, title, words }) => (
        <li key={id}>
          {title}: {words}
        </li>
      ))}
    </ul>
  )
}

function Discard({ request, onClose }: { request: RequestDetail; onClose: () => void }) {
  const { isActing, failure, run } = useAct()
  const router = useRouter()
  const flash = useFlash()
  const discard = () =>
    run(
      () => discardDraft({ id: request.id }),
      () => {
        flash.success(`The draft R-${request.number} is discarded.`)
        router.push('/requests')
      },
    )
  return (
    <Modal
      visible
      onDismiss={onClose}
      header="Discard the draft"
      closeAriaLabel="Close"
      footer={
        <DialogButtons
          label="Discard the draft"
          back="Go back"
          isBusy={isActing}
          onConfirm={discard}
          onBack={onClose}
        />
      }
    >
      <SpaceBetween size="s">
        <span>
          Nobody was asked, and nothing was changed in AWS. The audit log keeps that it was prepared
          and discarded.
        </span>
        <Refusal failure={failure} />
      </SpaceBetween>
    </Modal>
  )
}
