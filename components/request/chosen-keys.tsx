'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useState } from 'react'
import { KeyField } from '@/components/access/key-field'
import { AccountLabel } from '@/components/value/account-label'
import { KeyState } from '@/components/value/key-state'
import { keyPathOf } from '@/lib/kms/arn'
import { whyNot } from '@/lib/changes/kinds/traits'
import type { AskedKey } from '@/lib/changes/request/askable'
import { errorsAt } from './errors'
import { useRequestForm } from './form-context'
import { formOf } from './kinds/list'
import { labelOfKey } from './label-of-key'
import { mostKeys } from './values'
import './request.css'

/** The keys a change is asked for, each with what speaks against it; and one more. */
export function ChosenKeys({ isReading }: { isReading: boolean }) {
  const { form, keys, problems, change } = useRequestForm()
  const [text, setText] = useState('')
  const isRefused =
    errorsAt(problems, ['keys', '=input', 'keyArn', 'accountId', 'region']).length > 0
  // What is about one of several keys stands at that key.
  const errors = errorsAt(
    problems,
    form.keys.length > 1 ? ['keys'] : ['keys', '=input', 'keyArn', 'accountId', 'region'],
  )
  const mayAdd =
    form.keys.length === 0 || (!formOf(form.kind).oneKey && form.keys.length < mostKeys)
  const type = (typed: string) => {
    const arn = typed.trim()
    if (keyPathOf(arn) === null) return setText(typed)
    change({ keys: [...new Set([...form.keys, arn])] })
    setText('')
  }
  return (
    <Container header={<Heading count={form.keys.length} />}>
      <SpaceBetween size="m">
        {form.keys.length > 0 && (
          <ul className="claviger-chosen">
            {form.keys.map((arn, index) => (
              <ChosenKey
                key={arn}
                arn={arn}
                number={index}
                found={keys.find((key) => key.arn === arn)}
                isReading={isReading}
              />
            ))}
          </ul>
        )}
        <div data-refused={isRefused || undefined}>
          {mayAdd && (
            <KeyField
              value={text}
              onChange={type}
              label={form.keys.length === 0 ? 'Key' : 'Another key'}
            />
          )}
          {errors.length > 0 && (
            <Box color="text-status-error" padding={{ top: 'xxs' }}>
              <span role="alert">{errors.join(' ')}</span>
            </Box>
          )}
        </div>
      </SpaceBetween>
    </Container>
  )
}

function Heading({ count }: { count: number }) {
  return (
    <Header
      variant="h2"
      counter={count > 1 ? `(${count})` : undefined}
      description={
        count > 1
          ? 'The same change for each, decided and done on its own, in this order.'
          : undefined
      }
    >
      {count > 1 ? 'Keys' : 'Key'}
    </Header>
  )
}

function ChosenKey({
  arn,
  number,
  found,
  isReading,
}: {
  arn: string
  number: number
  found: AskedKey | undefined
  isReading: boolean
}) {
  const { form, problems, change } = useRequestForm()
  const own = form.keys.length > 1 ? problems.lines.filter((line) => line.change === number) : []
  return (
    <li>
      <div>
        {found ? (
          <KeyFacts found={found} refused={own.map(({ text }) => text)} />
        ) : isReading ? (
          <StatusIndicator type="loading">Reading what is known of {arn}</StatusIndicator>
        ) : (
          <StatusIndicator type="error">
            {arn} is not among the keys you may ask for changes of
          </StatusIndicator>
        )}
        {own.map(({ text }) => (
          <StatusIndicator key={text} type="error">
            {text}
          </StatusIndicator>
        ))}
      </div>
      <Button
        variant="icon"
        iconName="close"
        formAction="none"
        ariaLabel={`Leave out ${found ? labelOfKey(found) : arn}`}
        onClick={() => change({ keys: form.keys.filter((each) => each !== arn) })}
      />
    </li>
  )
}

function KeyFacts({ found, refused }: { found: AskedKey; refused: readonly string[] }) {
  const { form } = useRequestForm()
  const why = whyNot(formOf(form.kind), found)
  return (
    <SpaceBetween size="xxs">
      <SpaceBetween direction="horizontal" size="m" alignItems="center">
        <Link href={keyPathOf(found.arn) ?? undefined} variant="primary">
          {labelOfKey(found)}
        </Link>
        <KeyState state={found.keyState} problem={found.problems.describe} />
        <AccountLabel account={found.account} />
        <span>{found.region}</span>
        {found.keySpec && <span>{found.keySpec}</span>}
      </SpaceBetween>
      {found.aliases.length > 0 && (
        <Box variant="small">
          {found.keyId}
          {found.aliases.length > 1 && ` · also ${found.aliases.slice(1).join(', ')}`}
        </Box>
      )}
      {why && !refused.includes(why) && <StatusIndicator type="warning">{why}</StatusIndicator>}
      {!found.writable && (
        <StatusIndicator type="error">
          Account {found.account.name} has no role for changes: Claviger only reads it.{' '}
          <Link href="/accounts/roles">See the role to deploy</Link>
        </StatusIndicator>
      )}
    </SpaceBetween>
  )
}
