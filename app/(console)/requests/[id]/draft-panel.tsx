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
import { useHeld } from '@/components/shell/held'
import type { AskedGroup, RequestDetail } from '@/lib/changes/read/shapes'
import { discardDraft, sendRequest } from '../actions'
import { Refusal } from '../refusal'
import { nameChanges } from '@/components/change/name-changes'
import { useAct } from '../use-act'
import { BreakGlass } from './break-glass'

type Props = { request: RequestDetail; onDone: () => Promise<unknown> }

type Reason = { of: string; words: string }

/**
 * A draft before it is sent: who would be asked, or why nobody could approve it,
 * and then it cannot be sent.
 */
export function DraftPanel({ request, onDone }: Props) {
  const { isActing, failure, run } = useAct()
  const flash = useFlash()
  const mayRequest = useHeld().has('requests.create')
  if (!request.mine) return null
  const blocked = reasonsOf(request.changes, ({ unanswerable }) => unanswerable)
  const unmet = reasonsOf(request.changes, (change) => change.unmet)
  const canSend = mayRequest && blocked.length === 0 && unmet.length === 0
  const send = () =>
    run(
      () => sendRequest({ id: request.id }),
      async () => {
        flash.success(`R-${request.number} is sent. Whoever can decide was told.`)
        await onDone()
      },
    )
  return (
    <Container header={<Header variant="h2">{canSend ? 'Before you send it' : 'Draft'}</Header>}>
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
        <Refused request={request} canSend={canSend} />
        {!mayRequest && (
          <Alert type="info" header="You cannot send this draft">
            Your roles do not let you request changes any more. An administrator of this console can
            give you one that does.
          </Alert>
        )}
        <DraftActs
          request={request}
          isActing={isActing}
          onSend={canSend ? send : undefined}
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
          {request.isSameForm && (
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

/** What stands in the way of changes, each thing once with all the changes that it is true of. */
function reasonsOf(
  changes: readonly Part[],
  reasonOf: (change: Part) => string | null,
): readonly Reason[] {
  const places = new Map<string, number[]>()
  for (const change of changes) {
    const words = reasonOf(change)
    if (words !== null) places.set(words, [...(places.get(words) ?? []), change.position])
  }
  return [...places].map(([words, positions]) => ({ words, of: nameChanges(changes, positions) }))
}

function nameAsked({ people, approvals }: AskedGroup) {
  const names = people.map(({ name, delegateOf }) =>
    delegateOf ? `${name} (delegate of ${delegateOf})` : name,
  )
  return {
    names: `${names.join(', ')}.`,
    takes: approvals > 1 ? `It takes ${approvals} of them.` : 'It takes one of them.',
  }
}

/** Changes in several accounts, or of several risks, may be asked of different people. */
function Asked({ request: { changes, asked } }: { request: RequestDetail }) {
  const [first] = asked
  const only = asked.length === 1 && first ? nameAsked(first) : null
  return (
    <Box>
      {only ? (
        <>
          <strong>Will be asked: {only.names}</strong> {only.takes}{' '}
        </>
      ) : (
        <>
          <strong>Will be asked:</strong>
          <ul className="claviger-lines">
            {asked.map((group) => (
              <li key={group.positions[0]}>
                {nameChanges(changes, group.positions)}: <strong>{nameAsked(group).names}</strong>{' '}
                {nameAsked(group).takes}
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
function Refused({ request: { changes }, canSend }: { request: RequestDetail; canSend: boolean }) {
  const failing = reasonsOf(changes, ({ wouldFail }) => wouldFail)
  const certain = reasonsOf(changes, ({ refused }) => refused)
  return (
    <SpaceBetween size="s">
      {failing.length > 0 && (
        <Alert type="warning" header="As things are, AWS would refuse it">
          <Titled of={failing} />
        </Alert>
      )}
      {certain.length > 0 && (
        <Alert type="error" header="AWS will refuse this, so it cannot be sent as things are">
          <Titled of={certain} />
          {canSend && 'Send checks the policies again.'}
        </Alert>
      )}
    </SpaceBetween>
  )
}

function Titled({ of: rows }: { of: readonly Reason[] }) {
  return (
    <ul className="claviger-lines">
      {rows.map(({ of: changes, words }) => (
        <li key={words}>
          {changes}: {words}
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
