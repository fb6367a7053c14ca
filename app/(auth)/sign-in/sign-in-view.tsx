'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { beginSignIn } from '@/components/shell/session-client'
import { useSystemMode } from '@/components/shell/use-appearance'
import { useAwake } from '@/components/shell/use-awake'
import type { SignInProblem } from '@/lib/door/sign-in'

type Props = {
  from: string
  problem: SignInProblem | null
  reference?: string
  hasSignedOut: boolean
  provider: string | null
  notice?: string
}

const problems: Record<SignInProblem, string> = {
  busy: 'The console is busy: every connection to its database is in use. Try again in a moment.',
  disabled:
    'Your access to this console was turned off. An administrator of the console can turn it on again.',
  refused: 'Your organization’s sign-in did not complete, or it took too long. Try again.',
  unaudited:
    'The audit log could not be written, so nobody can sign in. Whoever runs this console finds the reason in its log.',
  unreachable:
    'Your organization’s sign-in (its identity provider) could not be reached, or does not know ' +
    'this console. Whoever runs this console finds the reason in its log.',
  failed: 'Signing in failed on our side.',
}

export function SignInView({ from, problem, reference, hasSignedOut, provider, notice }: Props) {
  useSystemMode()
  useAwake()
  const [state, setState] = useState<'idle' | 'leaving' | 'unreachable'>('idle')
  async function leave() {
    setState('leaving')
    await beginSignIn(from).catch(() => setState('unreachable'))
  }
  return (
    <div className="claviger-sign-in">
      {notice && (
        <p className="claviger-notice" role="note">
          {notice}
        </p>
      )}
      <main>
        <div className="claviger-mark">
          {/* eslint-disable-next-line @next/next/no-img-element -- an SVG of 600 bytes needs no optimizer */}
          <img src="/mark.svg" alt="" width={40} height={40} />
        </div>
        <Container>
          <SpaceBetween size="l">
            <div>
              <Box variant="h1">Claviger</Box>
              <Box variant="p" color="text-body-secondary">
                See who can use every AWS KMS key, and change it with approval.
              </Box>
            </div>
            {problem && (
              <Alert type="error">
                {problems[problem]}
                {reference && ` Reference ${reference}.`}
              </Alert>
            )}
            {state === 'unreachable' && (
              <Alert type="error">
                The console or its identity provider did not answer. Try again.
              </Alert>
            )}
            {hasSignedOut && !problem && <Alert type="success">You are signed out.</Alert>}
            <SignInButton
              provider={provider}
              isLeaving={state === 'leaving'}
              onLeave={() => void leave()}
            />
            <Box variant="small" color="text-body-secondary">
              {provider && <>You sign in at {provider} and come back here. </>}
              You need a role to see anything, such as Viewer, which shows keys and who can use
              them. Roles come from your groups at your organization’s sign-in, or from an
              administrator of this console: ask them where you have none.
            </Box>
          </SpaceBetween>
        </Container>
      </main>
    </div>
  )
}

type ButtonProps = Pick<Props, 'provider'> & { isLeaving: boolean; onLeave(): void }

function SignInButton({ provider, isLeaving, onLeave }: ButtonProps) {
  if (!provider)
    return (
      <Alert type="error">
        No identity provider is set. Whoever runs this console sets OIDC_ISSUER, OIDC_CLIENT_ID and
        OIDC_CLIENT_SECRET.
      </Alert>
    )
  return (
    <Button variant="primary" fullWidth loading={isLeaving} onClick={onLeave}>
      Sign in
    </Button>
  )
}
