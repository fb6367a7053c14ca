'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Form from '@cloudscape-design/components/form'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useMemo, useRef, useState, useTransition } from 'react'
import { ChosenKeys } from '@/components/request/chosen-keys'
import { fromErrors, fromFailure, noProblems, type Problems } from '@/components/request/errors'
import { FormContext, type Around } from '@/components/request/form-context'
import { KindFields } from '@/components/request/kind-fields'
import { findFormKind } from '@/components/request/kinds/list'
import type { FormKindName } from '@/lib/changes/kinds/registry'
import { PlaceFields } from '@/components/request/place-fields'
import { TimeFields } from '@/components/request/time-fields'
import { toAsked } from '@/components/request/to-asked'
import type { Form as FormOf, Values } from '@/components/request/values'
import { WhyFields } from '@/components/request/why-fields'
import { useFrame } from '@/components/shell/page-frame'
import type { AskedKey } from '@/lib/changes/request/askable'
import { previewRequest } from './actions'
import { hrefOfRequest } from '@/components/request/href-of-request'
import { utcTime } from '@/components/value/relative-time'
import { eventPath } from '@/lib/trail/event-row'
import { ProblemList } from './problem-list'
import { useChosenKeys } from './use-chosen-keys'
import { useStoredForm } from './use-stored-form'

type Earlier = {
  id: string
  number: number
  title: string
  sent: boolean
  replaceable: boolean
  inForceUntil: string | null
  startsAt: string | null
  endsAt: string | null
}
/** A change out of band that the form puts back. */
type Reverts = { account: string; event: string; operation: string; unknown: string | null }
type Props = Omit<Around, 'skewMs'> & {
  kind: FormKindName
  begun: FormOf
  keys: readonly AskedKey[]
  now: string
  earlier: Earlier | null
  reverts: Reverts | null
}

const crumbs = [
  { text: 'Requests', href: '/requests' },
  { text: 'Request a change', href: '/requests/new' },
]

/** The form as it is being filled in: what is kept of it, what was refused, and its preview. */
function useRequestForm({
  begun,
  keys: first,
  now,
  earlier,
  accounts,
  usualHours,
  withoutEnd,
  policyText,
}: Props) {
  const stored = useStoredForm(begun, earlier)
  const { form, keep } = stored
  const { keys, isReading } = useChosenKeys(form.keys, first)
  const [problems, setProblems] = useState(noProblems)
  const [skewMs] = useState(() => Date.parse(now) - Date.now())
  const change = useCallback(
    (changed: Partial<FormOf>) => keep({ ...form, ...changed }),
    [keep, form],
  )
  const changeValues = useStableChange(form, keep)
  const around = useMemo(
    () => ({ accounts, usualHours, withoutEnd, policyText, skewMs }),
    [accounts, usualHours, withoutEnd, policyText, skewMs],
  )
  const previewing = usePreview({
    form,
    skewMs,
    onProblems: setProblems,
    onPreviewed: stored.markPreviewed,
  })
  return {
    context: { form, keys, problems, around, change, changeValues },
    stored,
    isReading,
    ...previewing,
  }
}

/**
 * The form of one kind of change. Its one button reads AWS and shows what the change would
 * mean; nobody is asked yet.
 */
export function RequestView(props: Props) {
  useFrame({ breadcrumbs: crumbs, contentType: 'form' })
  const { kind, earlier, reverts } = props
  const { context, stored, isReading, place, isPending, preview } = useRequestForm(props)
  return (
    <FormContext value={context}>
      <div ref={place}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            preview()
          }}
        >
          <Form
            header={<KindHeader kind={kind} keys={context.form.keys} />}
            actions={
              <Button
                variant="primary"
                formAction="submit"
                loading={isPending}
                loadingText="Reading AWS and trying the change"
              >
                Preview
              </Button>
            }
            secondaryActions={<span>Nothing changes and nobody is asked yet.</span>}
          >
            <SpaceBetween size="l">
              <ProblemList problems={context.problems} />
              {earlier?.inForceUntil && <InForceUntil at={earlier.inForceUntil} />}
              {earlier && <MadeFrom earlier={earlier} />}
              {reverts && <PutsBack {...reverts} />}
              <WhatWasKept stored={stored} />
              {findFormKind(kind)?.about === 'region' ? (
                <PlaceFields />
              ) : (
                <ChosenKeys isReading={isReading} />
              )}
              <KindFields />
              <TimeFields />
              <WhyFields />
            </SpaceBetween>
          </Form>
        </form>
      </div>
    </FormContext>
  )
}

function KindHeader({ kind, keys }: { kind: FormKindName; keys: FormOf['keys'] }) {
  const named = findFormKind(kind)
  return (
    <Header
      variant="h1"
      description={named?.words}
      actions={<Button href={hrefOfRequest(null, keys)}>Another kind of change</Button>}
    >
      {named?.label}
    </Header>
  )
}

function InForceUntil({ at }: { at: string }) {
  return (
    <Alert type="info" header={`In force until ${utcTime(at)}`}>
      That end stays. What you ask for here is made beside it, with an end of its own: choose a
      later one.
    </Alert>
  )
}

function MadeFrom({ earlier }: { earlier: Earlier }) {
  return (
    <Alert type="info">
      {earlier.sent ? 'Goes on from' : earlier.replaceable ? 'Edits the draft' : 'Made from'}{' '}
      <Link href={`/requests/${earlier.id}`}>
        R-{earlier.number}, {earlier.title}
      </Link>
      .{' '}
      {earlier.replaceable
        ? 'The next preview takes its place.'
        : 'What was asked for there is filled in; look at its end and its reason again.'}
    </Alert>
  )
}

function PutsBack({ account, event, operation, unknown }: Reverts) {
  return (
    <Alert type="info">
      Puts back what <Link href={eventPath({ account, event })}>{operation}</Link> changed around
      Claviger.
      {unknown !== null &&
        ` Its event does not say: ${unknown.charAt(0).toLowerCase()}${unknown.slice(1)}`}
    </Alert>
  )
}

/** The editor of a policy keeps the function it was given: it must always see the newest form. */
function useStableChange(form: FormOf, keep: (form: FormOf) => void) {
  const latest = useRef(form)
  useEffect(() => {
    latest.current = form
  })
  return useCallback(
    (changed: Partial<Values>) => {
      latest.current = { ...latest.current, values: { ...latest.current.values, ...changed } }
      keep(latest.current)
    },
    [keep],
  )
}

type Preview = {
  form: FormOf
  skewMs: number
  onProblems: (problems: Problems) => void
  onPreviewed: (form: FormOf) => void
}

function usePreview({ form, skewMs, onProblems, onPreviewed }: Preview) {
  const router = useRouter()
  const place = useRef<HTMLDivElement>(null)
  const [isPending, start] = useTransition()
  const refuse = (problems: Problems) => {
    onProblems(problems)
    // After React has drawn the marks.
    requestAnimationFrame(() => requestAnimationFrame(() => focusFirst(place.current)))
  }
  const preview = () => {
    const built = toAsked(form, new Date(Date.now() + skewMs))
    if (!built.ok) return refuse(fromErrors(built.errors))
    start(async () => {
      const result = await previewRequest(built.asked).catch(() => null)
      if (result === null)
        return refuse({
          fields: {},
          lines: [
            {
              text: 'The console did not answer. What you typed is kept: try again.',
              change: null,
            },
          ],
        })
      if (!result.ok) return refuse(fromFailure(result.error))
      onProblems(noProblems)
      onPreviewed({ ...form, replacesId: result.data.id })
      router.push(`/requests/${result.data.id}`)
    })
  }
  return { place, isPending, preview }
}

const focusable =
  'input:not([disabled]), textarea:not([disabled]), button:not([disabled]), [contenteditable="true"], [tabindex="0"]'

/** To the first field that was refused; to the list of problems when none is a field's. */
function focusFirst(place: HTMLElement | null): void {
  const refused =
    place?.querySelector<HTMLElement>('[data-refused]') ??
    place?.querySelector<HTMLElement>('[data-problems]')
  const target = refused?.matches('[tabindex]')
    ? refused
    : (refused?.querySelector<HTMLElement>(focusable) ?? refused)
  target?.focus()
  target?.scrollIntoView({ block: 'center' })
}

function WhatWasKept({
  stored: { found, startAnew, bringBack },
}: {
  stored: Pick<ReturnType<typeof useStoredForm>, 'found' | 'startAnew' | 'bringBack'>
}) {
  if (found === 'nothing') return null
  if (found === 'typed')
    return (
      <Alert
        type="info"
        action={
          <Button formAction="none" onClick={startAnew}>
            Start anew
          </Button>
        }
      >
        This is what you had typed here before.
      </Alert>
    )
  return (
    <Alert
      type="info"
      action={
        <Button formAction="none" onClick={bringBack}>
          Bring it back
        </Button>
      }
    >
      You have previewed a request from here. What you typed for it is still there.
    </Alert>
  )
}
