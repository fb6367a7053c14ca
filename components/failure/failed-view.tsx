'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from 'next/navigation'
import { useTransition, type ReactNode } from 'react'
import type { ErrorCode } from '@/lib/errors'
import type { Failure } from '@/lib/result'
import '../value/value.css'

const titles: Record<ErrorCode, string> = {
  unauthenticated: 'You are signed out',
  forbidden: 'You don’t have access',
  not_found: 'Not found',
  invalid: 'This address does not say what to show',
  conflict: 'Something changed meanwhile',
  aws_denied: 'AWS refused to show this',
  aws_throttled: 'AWS is throttling us',
  aws_unavailable: 'AWS did not answer',
  busy: 'Busy, try again',
  too_many: 'Too much at once',
  too_much: 'Too much to show at once',
  misdirected: 'This console has another address',
  unexpected: 'This page failed',
}

/** Roles and people to ask, where the refusal is about a permission. */
export type WhoMay = {
  roles: readonly { name: string; means: string }[]
  administrators: readonly { name: string; email: string }[]
}

/**
 * A page that could not be shown: what, why, the reference, and what to do next.
 * Never drawn as an empty page.
 */
export function FailedView({ failure, whoMay }: { failure: Failure; whoMay?: WhoMay }) {
  const router = useRouter()
  const [isRetrying, startRetry] = useTransition()
  const isFinal = failure.code === 'forbidden' || failure.code === 'not_found'
  return (
    <div data-failure={failure.code}>
      <ContentLayout header={<Header variant="h1">{titles[failure.code]}</Header>}>
        <Alert
          type={isFinal ? 'info' : failure.code === 'busy' ? 'warning' : 'error'}
          action={
            isFinal ? (
              <Button href="/">To the overview</Button>
            ) : (
              <Button loading={isRetrying} onClick={() => startRetry(() => router.refresh())}>
                Try again
              </Button>
            )
          }
        >
          <SpaceBetween size="s">
            <Box variant="p" padding="n">
              {failure.message}
            </Box>
            {whoMay && <WhoMayHelp {...whoMay} />}
          </SpaceBetween>
        </Alert>
      </ContentLayout>
    </div>
  )
}

function WhoMayHelp({ roles, administrators }: WhoMay): ReactNode {
  return (
    <>
      <div>
        A role shows it to you, any one of these:
        <ul className="claviger-roles">
          {roles.map(({ name, means }) => (
            <li key={name}>
              <b>{name}</b>: {means}.
            </li>
          ))}
        </ul>
      </div>
      <Box variant="p" padding="n">
        {administrators.length === 0 ? (
          'Nobody administers this installation yet. Whoever runs it can name an ' +
          'administrator with: npm run admin -- grant <e-mail>'
        ) : (
          <>
            Ask{' '}
            {administrators.map(({ name, email }, i) => (
              <span key={email}>
                {i > 0 && ', '}
                <strong>{name}</strong> ({email})
              </span>
            ))}{' '}
            for a role.
          </>
        )}
      </Box>
    </>
  )
}
