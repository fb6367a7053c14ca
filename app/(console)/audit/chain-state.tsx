'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import KeyValuePairs, {
  type KeyValuePairsProps,
} from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useState } from 'react'
import { Identifier } from '@/components/value/identifier'
import { Moment } from '@/components/value/moment'
import type { ChainProblem, ChainState } from '@/lib/audit/state'
import { CheckButton, CheckResult, useChainCheck } from './chain-check'

const placeNames: Readonly<Record<string, string>> = {
  file: 'checkpoint file',
  log: 'log of the worker',
}

/**
 * Can what is below be believed: the end of the chain, what left the database, and what is wrong.
 */
export function ChainStateView({ chain }: { chain: ChainState }) {
  const { checkpoint, waiting, problems } = chain
  const { state, check } = useChainCheck()
  const isBad = problems.some(({ level }) => level === 'error')
  const [isOpen, setOpen] = useState(false)
  // What is wrong, and what a check says, is never folded away.
  const hasNews = problems.length > 0 || state.progress !== null
  const hasResult = state.done !== null || state.failed !== null
  return (
    <ExpandableSection
      variant="container"
      headerText="Proof"
      headerInfo={
        <StatusIndicator type={isBad ? 'error' : waiting === 0 ? 'success' : 'pending'}>
          {checkpoint ? `signed to entry ${checkpoint.seq.toLocaleString('en')}` : 'not signed yet'}
        </StatusIndicator>
      }
      headerActions={<CheckButton isBusy={state.progress !== null} check={check} />}
      expanded={isOpen || hasNews || hasResult}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      <SpaceBetween size="m">
        {problems.map((problem) => (
          <Problem key={problem.words} problem={problem} />
        ))}
        <KeyValuePairs columns={4} minColumnWidth={170} items={factsOf(chain, isBad)} />
        <div aria-live="polite">
          <CheckResult state={state} />
        </div>
      </SpaceBetween>
    </ExpandableSection>
  )
}

const factsOf = (
  { newest, checkpoint, waiting }: ChainState,
  isBad: boolean,
): KeyValuePairsProps.Item[] => [
  {
    label: 'Newest entry',
    value: newest ? (
      <span>
        {newest.seq.toLocaleString('en')}, {newest.at ? <Moment at={newest.at} /> : 'missing'}
      </span>
    ) : (
      'none yet'
    ),
  },
  {
    label: 'Last signed checkpoint',
    value: checkpoint ? (
      <span>
        of entry {checkpoint.seq.toLocaleString('en')}, <Moment at={checkpoint.at} />
      </span>
    ) : (
      'none left yet'
    ),
  },
  {
    label: 'It left to',
    value: checkpoint ? (
      <>
        {checkpoint.leftTo.map((place) => placeNames[place] ?? place).join(' and ')}
        <Box variant="small" display="block">
          Key <Identifier text={checkpoint.keyId} most={10} />
        </Box>
      </>
    ) : (
      'nowhere'
    ),
  },
  {
    label: 'Entries behind it',
    value: (
      <StatusIndicator type={isBad ? 'error' : waiting === 0 ? 'success' : 'pending'}>
        {behind(waiting, isBad)}
      </StatusIndicator>
    ),
  },
]

const behind = (waiting: number, isBad: boolean) =>
  isBad
    ? waiting === 0
      ? 'see above'
      : `${waiting.toLocaleString('en')}, without proof so far`
    : waiting === 0
      ? 'none'
      : `${waiting.toLocaleString('en')}, due within a minute`

function Problem({ problem: { level, words, since } }: { problem: ChainProblem }) {
  return (
    <Alert
      type={level}
      header={level === 'error' ? 'The proof is broken or missing' : 'The proof is late'}
    >
      {words}
      {since && (
        <>
          {' '}
          The last one left <Moment at={since} />.
        </>
      )}
    </Alert>
  )
}
