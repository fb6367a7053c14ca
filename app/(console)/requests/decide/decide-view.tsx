'use client'

import Box from '@cloudscape-design/components/box'
import Checkbox from '@cloudscape-design/components/checkbox'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState, type ReactNode } from 'react'
import { useFrame } from '@/components/shell/page-frame'
import { ClockProvider } from '@/components/value/clock'
import {
  fewChanges,
  type ChangeDetail,
  type ChangeRow,
  type RequestDetail,
} from '@/lib/changes/read/shapes'
import { ChangeCard } from '../change/change-card'
import { ChangeRows } from '../change/change-rows'
import { DecideBox } from '../change/decide-box'
import { DecideMany } from '../change/decide-many'
import { useOpened } from '../change/use-whole-changes'
import { useRequest } from '../use-request'
import '../requests.css'

const crumbs = [
  { text: 'Requests', href: '/requests' },
  { text: 'Decide', href: '/requests/decide' },
]

/**
 * One after another on one scrolling page, each with its own buttons. To decide about several
 * at once one ticks each below what it means: nothing is ticked beforehand, so nothing is
 * approved that was not come by.
 */
export function DecideView({ first }: { first: readonly RequestDetail[] }) {
  useFrame({ breadcrumbs: crumbs })
  const client = useQueryClient()
  const [ticked, setTicked] = useState<readonly ChangeRow[]>([])
  const tick = useCallback(
    (change: ChangeRow, isTicked: boolean) =>
      setTicked((all) => [
        ...all.filter(({ id }) => id !== change.id),
        ...(isTicked ? [change] : []),
      ]),
    [],
  )
  const refresh = async (refused: readonly string[]) => {
    setTicked((all) => all.filter(({ id }) => refused.includes(id)))
    await Promise.all([
      client.invalidateQueries({ queryKey: ['request'] }),
      client.invalidateQueries({ queryKey: ['requests'] }),
    ])
  }
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        counter={`(${first.length})`}
        description="Decide where each change stands, or tick several and decide at the end."
      >
        Decide
      </Header>
      {first.map((request) => (
        <One key={request.id} first={request} ticked={ticked} onTick={tick} />
      ))}
      <DecideMany
        changes={ticked}
        title={`Decide about the selected (${ticked.length})`}
        name="the selected"
        onDecided={refresh}
      />
    </SpaceBetween>
  )
}

type OneProps = {
  first: RequestDetail
  ticked: readonly ChangeRow[]
  onTick: (change: ChangeRow, isTicked: boolean) => void
}

function One({ first, ticked, onTick }: OneProps) {
  const { request, receivedAt, refresh } = useRequest(first)
  const shown = request.changes.filter(({ status, decide }) => status === 'open' && decide.may)
  const others = request.changes.length - shown.length
  // What somebody else decided meanwhile is no longer shown, so it is no longer selected either.
  const gone = ticked.find(
    ({ id }) =>
      request.changes.some((change) => change.id === id) &&
      !shown.some((change) => change.id === id),
  )
  useEffect(() => {
    if (gone) onTick(gone, false)
  }, [gone, onTick])
  return (
    <ClockProvider now={request.now} receivedAt={receivedAt}>
      <SpaceBetween size="s">
        <Header
          variant="h2"
          description={
            <>
              {request.requesterName}:{' '}
              <span className="claviger-said">{request.justification}</span>
              {request.ticket && <> Ticket: {request.ticket}</>}
            </>
          }
        >
          <Link
            href={`/requests/${request.id}`}
            fontSize="heading-l"
          >{`R-${request.number}: ${request.title}`}</Link>
        </Header>
        {shown.length === 0 && <Box>Nothing of it waits for you now.</Box>}
        {shown.length > 0 && others > 0 && (
          <Box color="text-body-secondary">
            {others === 1 ? 'One more change of it does' : `${others} more changes of it do`} not
            wait for you and stand on its own page.
          </Box>
        )}
        <Shown
          request={request}
          changes={shown}
          foot={(change) => (
            <DecideOne
              change={change}
              isTicked={ticked.some(({ id }) => id === change.id)}
              onTick={onTick}
              onDecided={refresh}
            />
          )}
        />
      </SpaceBetween>
    </ClockProvider>
  )
}

type ShownProps = {
  request: RequestDetail
  changes: readonly ChangeRow[]
  foot: (change: ChangeDetail) => ReactNode
}

/** Few stand whole; of many each is ticked or decided about where it is opened. */
function Shown({ request, changes, foot }: ShownProps) {
  const opening = useOpened(
    changes,
    changes.length <= fewChanges ? changes.map(({ id }) => id) : [],
  )
  const whole = request.whole.filter(({ id }) => changes.some((change) => change.id === id))
  if (whole.length < changes.length)
    return <ChangeRows request={request} changes={changes} opening={opening} footer={foot} />
  return (
    <SpaceBetween size="l">
      {whole.map((change) => (
        <ChangeCard
          key={change.id}
          change={change}
          of={request.changes.length}
          breakGlass={request.breakGlass}
        >
          {foot(change)}
        </ChangeCard>
      ))}
    </SpaceBetween>
  )
}

type OneChangeProps = Pick<OneProps, 'onTick'> & {
  change: ChangeDetail
  isTicked: boolean
  onDecided: () => Promise<unknown>
}

function DecideOne({ change, isTicked, onTick, onDecided }: OneChangeProps) {
  return (
    <SpaceBetween size="m">
      <DecideBox
        change={change}
        onDecided={() => {
          onTick(change, false)
          return onDecided()
        }}
      />
      <Checkbox
        checked={isTicked}
        onChange={({ detail }) => onTick(change, detail.checked)}
      >{`Select: ${change.title}`}</Checkbox>
    </SpaceBetween>
  )
}
