'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useCallback, useDeferredValue, useState } from 'react'
import type { CodeProps } from '@/components/policy/code-mirror'
import type { FindPrincipals } from '@/components/policy/completion'
import { layOutPolicy } from '@/components/policy/lay-out'
import { PolicyCode, PolicyDiff } from '@/components/policy/policy-code'
import { hrefOfRequest } from '@/components/request/href-of-request'
import { useHeld } from '@/components/shell/held'
import { readJson } from '@/components/shell/read-json'
import { Moment } from '@/components/value/moment'
import type { KnownPrincipal } from '@/lib/drafts/principals'
import type { Draft } from '@/lib/drafts/read'
import type { KeyPolicy } from '@/lib/inventory/key-detail'
import type { Failure } from '@/lib/result'
import { DeleteDraft } from './delete-draft'
import { FindingList } from './finding-list'
import { DraftImpactView } from './draft-impact'
import { bytesOf, Size } from './policy-header'
import { useAutosave, type SaveState } from './use-autosave'
import { useLint } from './use-lint'
import { useNewDraft } from './use-new-draft'
import { usePlace } from './use-place'
import { keyPath } from '@/lib/kms/arn'

type Props = { detail: KeyPolicy; draft: Draft; mayDraft: boolean; onReload: () => void }

/** The draft as it is being written: its text, how it is saved, and what lint says of it. */
function useDraft({ detail, draft, mayDraft }: Omit<Props, 'onReload'>) {
  const isMine = draft.mine && mayDraft
  const saving = useAutosave(draft, isMine)
  const { written, save } = saving
  // Linting waits until typing leaves time for it.
  const settled = useDeferredValue(written.text)
  const findings = useLint(settled, detail.key)
  const [base, setBase] = useState(draft.baseHash)
  const acceptBase = () => {
    setBase(detail.policy?.hash ?? null)
    void save(detail.policy?.hash)
  }
  return { ...saving, isMine, settled, findings, base, acceptBase }
}
type Editing = ReturnType<typeof useDraft>
type PartProps = Omit<Props, 'onReload'> & { editing: Editing }

/** One draft: written here when it is one's own, else only read; below it what it would change. */
export function DraftEditor({ onReload, ...props }: Props) {
  const { detail, draft } = props
  const editing = useDraft(props)
  const { isMine, base, save, state, savedAt, settled } = editing
  return (
    <SpaceBetween size="m">
      {detail.policy && base !== detail.policy.hash && (
        <BaseChanged
          isMine={isMine}
          between={versionsBetween(detail, base)}
          onAccept={editing.acceptBase}
        />
      )}
      {state.kind === 'failed' && (
        <NotSaved failure={state.failure} onReload={onReload} onRetry={() => void save()} />
      )}
      <DraftText {...props} editing={editing} />
      <DraftImpactView
        href={keyPath(detail.key)}
        draftId={draft.id}
        savedAt={savedAt}
        isStale={state.kind !== 'saved'}
      />
      {detail.policy && <AgainstToday today={detail.policy.text} draft={settled} />}
    </SpaceBetween>
  )
}

type NotSavedProps = { failure: Failure; onReload: () => void; onRetry: () => void }

function NotSaved({ failure, onReload, onRetry }: NotSavedProps) {
  const isConflict = failure.code === 'conflict'
  return (
    <Alert
      type="error"
      header="Not saved"
      action={
        <Button onClick={isConflict ? onReload : onRetry}>
          {isConflict ? 'Reload the draft' : 'Try again'}
        </Button>
      }
    >
      {failure.message}
    </Alert>
  )
}

function DraftText(props: PartProps) {
  const { detail, editing } = props
  const { isMine, written, write, settled, findings } = editing
  const [goTo, setGoTo] = useState<CodeProps['goTo']>(null)
  const findPrincipals = usePrincipals(keyPath(detail.key))
  const onChange = useCallback((text: string) => write({ text }), [write])
  return (
    <Container header={<Heading {...props} />}>
      <SpaceBetween size="m">
        {isMine && (
          <FormField label="Note" description="What this draft is for.">
            <Input
              value={written.note}
              onChange={({ detail: { value } }) => write({ note: value.slice(0, 200) })}
              placeholder="Let the reporting role decrypt"
            />
          </FormField>
        )}
        <PolicyCode
          text={written.text}
          label={
            isMine
              ? 'Draft of the key policy. Control Space completes, F8 goes to the next ' +
                'remark, Escape then Tab leaves.'
              : 'Draft of the key policy, read only'
          }
          onChange={isMine ? onChange : undefined}
          findings={settled === written.text ? findings : undefined}
          goTo={goTo}
          findPrincipals={findPrincipals}
        />
        <FindingList
          findings={findings}
          onGoTo={({ range }) => setGoTo({ offset: range.start.offset, focus: true })}
        />
      </SpaceBetween>
    </Container>
  )
}

const todayAndDraft = { before: 'Policy of today', after: 'Draft' }

function AgainstToday({ today, draft }: { today: string; draft: string }) {
  return (
    <ExpandableSection variant="container" headerText="Against the policy of today">
      <PolicyDiff before={layOutPolicy(today)} after={layOutPolicy(draft)} labels={todayAndDraft} />
    </ExpandableSection>
  )
}

function Heading({ detail, draft, mayDraft, editing }: PartProps) {
  const { isMine, written, write, state, savedAt } = editing
  const { text } = written
  const { begin, isPending } = useNewDraft(detail)
  const held = useHeld()
  return (
    <Header
      variant="h2"
      description={
        <>
          <Size bytes={bytesOf(text)} /> ·{' '}
          {isMine ? (
            <Saved state={state} savedAt={savedAt} />
          ) : (
            <>
              written by {draft.author}, saved <Moment at={savedAt} />
            </>
          )}
        </>
      }
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {isMine && <Button onClick={() => write({ text: layOutPolicy(text) })}>Format</Button>}
          {mayDraft && (
            <Button loading={isPending} onClick={() => begin({ ...draft, text })}>
              Copy into a new draft
            </Button>
          )}
          {held.has('requests.create') && (
            <Button
              variant="primary"
              href={hrefOfRequest('policy-put', [draft.keyArn], { draft: draft.id })}
              disabled={state.kind !== 'saved'}
              disabledReason="The request is made from what is saved, and this is not saved yet."
            >
              Request this policy
            </Button>
          )}
          {isMine && <DeleteDraft arn={draft.keyArn} id={draft.id} />}
        </SpaceBetween>
      }
    >
      {draft.note || 'Draft'}
    </Header>
  )
}

function Saved({ state, savedAt }: { state: SaveState; savedAt: string }) {
  if (state.kind === 'saved')
    return (
      <span role="status">
        saved <Moment at={savedAt} />
      </span>
    )
  if (state.kind === 'failed') return <StatusIndicator type="error">not saved</StatusIndicator>
  return <span role="status">{state.kind === 'saving' ? 'saving' : 'not saved yet'}</span>
}

/** The version the draft was made from and the one of today, where both were seen. */
function versionsBetween(
  { policy, policyVersions }: KeyPolicy,
  base: string | null,
): { from: string; to: string } | null {
  const find = (hash: string | null | undefined) =>
    policyVersions.find((version) => version.hash === hash)?.id
  const [from, to] = [find(base), find(policy?.hash)]
  return from && to ? { from, to } : null
}

type BaseProps = {
  isMine: boolean
  between: { from: string; to: string } | null
  onAccept: () => void
}

function BaseChanged({ isMine, between, onAccept }: BaseProps) {
  const { go } = usePlace()
  return (
    <Alert
      type="warning"
      header="The policy has changed since this draft was begun"
      action={isMine && <Button onClick={onAccept}>I have looked: go on from today’s</Button>}
    >
      Putting this draft would undo that change, unless the draft has it too. The comparison below
      shows today’s policy against the draft.
      {between && (
        <>
          {' '}
          <Button variant="inline-link" onClick={() => go({ view: 'history', ...between })}>
            See what has changed since
          </Button>
        </>
      )}
    </Alert>
  )
}

function usePrincipals(href: string): FindPrincipals {
  return useCallback(
    async (text) => {
      const known = await readJson<KnownPrincipal[]>(
        `/api${href}/policy/principals?${new URLSearchParams({ q: text })}`,
      )
      return known.map(({ arn, name, account }) => ({ value: arn, detail: `${name}, ${account}` }))
    },
    [href],
  )
}
