'use client'

import Alert from '@cloudscape-design/components/alert'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import ProgressBar from '@cloudscape-design/components/progress-bar'
import { useEffect, useRef, useState } from 'react'
import type { CheckLine } from '@/lib/audit/check'

type Progress = { checked: number; of: number }
type Verdict = Extract<CheckLine, { verdict: unknown }>
export type CheckState = { progress: Progress | null; done: Verdict | null; failed: string | null }
const idle: CheckState = { progress: null, done: null, failed: null }

/** Runs the verifier on the server and follows it line by line. Leaving the page ends it. */
export function useChainCheck() {
  const [state, setState] = useState<CheckState>(idle)
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])
  async function check(last: number | null) {
    running.current?.abort()
    const abort = (running.current = new AbortController())
    setState({ ...idle, progress: { checked: 0, of: 0 } })
    let isOver = false
    const take = (line: CheckLine) => {
      isOver ||= !('checked' in line)
      setState(
        'checked' in line
          ? { ...idle, progress: line }
          : 'verdict' in line
            ? { ...idle, done: line }
            : { ...idle, failed: line.failed },
      )
    }
    try {
      await follow(`/api/audit/check${last === null ? '' : `?last=${last}`}`, abort.signal, take)
      if (!isOver) setState({ ...idle, failed: 'The answer ended too early.' })
    } catch (error) {
      if (!abort.signal.aborted)
        setState({
          ...idle,
          failed: error instanceof Error ? error.message : 'The console did not answer.',
        })
    }
  }
  return { state, check }
}

async function follow(
  path: string,
  signal: AbortSignal,
  take: (line: CheckLine) => void,
): Promise<void> {
  const response = await fetch(path, { signal })
  if (!response.ok || !response.body) {
    const body: { error?: { message?: string } } = await response.json()
    throw new Error(body.error?.message ?? 'The console did not answer.')
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (let rest = ''; ; ) {
    const { done, value } = await reader.read()
    if (done) return
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    // our own handler, typed by the generator it runs
    for (const line of lines) take(JSON.parse(line) as CheckLine)
  }
}

export function CheckButton({
  isBusy,
  check,
}: {
  isBusy: boolean
  check(last: number | null): Promise<void>
}) {
  return (
    <ButtonDropdown
      loading={isBusy}
      loadingText="Checking"
      items={[
        { id: '10000', text: 'The last 10,000 entries' },
        { id: 'all', text: 'Every entry' },
      ]}
      onItemClick={({ detail }) => void check(detail.id === 'all' ? null : Number(detail.id))}
    >
      Check the chain
    </ButtonDropdown>
  )
}

const count = (n: number) => n.toLocaleString('en')

export function CheckResult({ state: { progress, done, failed } }: { state: CheckState }) {
  if (failed !== null)
    return (
      <Alert type="error" header="The chain could not be checked">
        {failed}
      </Alert>
    )
  if (progress)
    return (
      <ProgressBar
        label="Checking the chain"
        value={progress.of ? Math.floor((progress.checked / progress.of) * 100) : 0}
        additionalInfo={`${count(progress.checked)} of ${count(progress.of)} entries`}
      />
    )
  if (!done) return null
  const { verdict, from, checkpoints } = done
  if (!verdict.sound)
    return (
      <Alert type="error" header={`Entry ${verdict.seq} is bad`}>
        {verdict.why}. What stands before it is as it was written.
      </Alert>
    )
  return (
    <Alert
      type={checkpoints.strange > 0 ? 'warning' : 'success'}
      header={
        `The chain is sound: ${count(verdict.entries)} ` +
        `${verdict.entries === 1 ? 'entry' : 'entries'}, from ${count(from)} to ` +
        `${count(verdict.seq)}`
      }
    >
      Compared with {count(checkpoints.compared)} checkpoints.{' '}
      {checkpoints.here
        ? 'Those of the file beside this server are among them.'
        : 'The file they left to is not readable from here: only what the database itself ' +
          'remembers was compared. npm run audit:verify compares a copy of the file.'}
      {checkpoints.strange > 0 &&
        ` ${count(checkpoints.strange)} of its newest lines are none that this installation ` +
          'signed, and were not compared.'}
    </Alert>
  )
}
