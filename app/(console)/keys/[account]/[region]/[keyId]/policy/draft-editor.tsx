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
import { DeleteDraft } from './delete-draft'
import { FindingList } from './finding-list'
import { Foresight } from './foresight'
import { bytesOf, Size } from './policy-header'
import { useAutosave, type SaveState } from './use-autosave'
import { useLint } from './use-lint'
import { useNewDraft } from './use-new-draft'
import { usePlace } from './use-place'
import { keyPath } from '@/lib/kms/arn'

type Props = { detail: KeyPolicy; draft: Draft; mayDraft: boolean; onReload: () => void }

/** One draft: written here when it is one's own, else only read; below it what it would change. */
export function DraftEditor({ detail, draft, mayDraft, onReload }: Props) {
  const isMine = draft.mine && mayDraft
  const { written, write, save, state, savedAt } = useAutosave(draft, isMine)
  // Linting waits until typing leaves time for it.
  const settled = useDeferredValue(written.text)
  const findings = useLint(settled, detail.key)
  const [goTo, setGoTo] = useState<CodeProps['goTo']>(null)
  const [base, setBase] = useState(draft.baseHash)
  const findPrincipals = usePrincipals(keyPath(detail.key))
  const onChange = useCallback((text: string) => write({ text }), [write])
  return (
    <SpaceBetween size="m">
      {detail.policy && base !== detail.policy.hash && (
        <BaseChanged
          isMine={isMine}
          between={versionsBetween(detail, base)}
          onAccept={() => {
            setBase(detail.policy?.hash ?? null)
            void save(detail.policy?.hash)
          }}
        />
      )}
      {state.kind === 'failed' && (
        <Alert
          type="error"
          header="Not saved"
          action={
            <Button onClick={state.failure.code === 'conflict' ? onReload : () => void save()}>
              {state.failure.code === 'conflict' ? 'Reload the draft' : 'Try again'}
            </Button>
          }
        >
          {state.failure.message}
        </Alert>
      )}
      <Container
        header={
          <Heading
            detail={detail}
            draft={draft}
            isMine={isMine}
            mayDraft={mayDraft}
            text={written.text}
            onFormat={() => write({ text: layOutPolicy(written.text) })}
            state={state}
            savedAt={savedAt}
          />
        }
      >
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
      <Foresight
        href={keyPath(detail.key)}
        draftId={draft.id}
        savedAt={savedAt}
        isStale={state.kind !== 'saved'}
      />
      {detail.policy && (
        <ExpandableSection variant="container" headerText="Against the policy of today">
          <PolicyDiff
            before={layOutPolicy(detail.policy.text)}
            after={layOutPolicy(settled)}
            labels={todayAndDraft}
          />
        </ExpandableSection>
      )}
    </SpaceBetween>
  )
}

const todayAndDraft = { before: 'Policy of today', after: 'Draft' }

type HeadingProps = {
  detail: KeyPolicy
  draft: Draft
  isMine: boolean
  mayDraft: boolean
  text: string
  onFormat: () => void
  state: SaveState
  savedAt: string
}

function Heading({
  detail,
  draft,
  isMine,
  mayDraft,
  text,
  onFormat,
  state,
  savedAt,
}: HeadingProps) {
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
          {isMine && <Button onClick={onFormat}>Format</Button>}
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
