'use client'

import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { Answer } from '@/components/access/reasons'
import { useFrame } from '@/components/shell/page-frame'
import { useAddress } from '@/components/shell/use-address'
import {
  contextOfQuestion,
  formatQuestion,
  parseQuestion,
  type AskedQuestion,
} from '@/lib/access/question'
import { AskForm } from './ask-form'
import { KeyByName } from './key-by-name'
import { keyPathOf } from '@/lib/kms/arn'

const crumbs = [{ text: 'Check access', href: '/access' }]
const codec = {
  parse: (search: Readonly<Record<string, string>>) => parseQuestion(new URLSearchParams(search)),
  format: (question: AskedQuestion) => String(formatQuestion(question)),
}

/** One question, in the address, and its answer with the way it came about. */
export function AskView() {
  useFrame({ breadcrumbs: crumbs, contentType: 'form' })
  const { state: question, change: ask } = useAddress(codec)
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={
          'Whether this principal can do this with this key, and why. The address holds the whole ' +
          'question, so it can be sent to a colleague.'
        }
      >
        Check access
      </Header>
      <AskForm key={formatQuestion(question)} question={question} onAsk={(next) => ask(next)} />
      <Container header={<Header variant="h2">Answer</Header>}>
        <AnswerPart question={question} onAsk={ask} />
      </Container>
    </SpaceBetween>
  )
}

type AnswerProps = {
  question: AskedQuestion
  onAsk: (changed: Partial<AskedQuestion>, how?: 'push' | 'replace') => void
}

function AnswerPart({ question, onAsk }: AnswerProps) {
  const { principal, action, key, complete } = question
  const path = keyPathOf(key)
  // Said before what is missing: an alias in the address is a key as well.
  if (key !== '' && !path)
    return <KeyByName name={key} onFound={(arn, how) => onAsk({ key: arn }, how)} />
  const missing = [
    principal === '' && 'a principal',
    action === '' && 'an action',
    key === '' && 'a key',
  ].filter((what) => what !== false)
  if (missing.length > 0 || !path)
    return <Box color="text-body-secondary">Still to choose: {missing.join(', ')}.</Box>
  const context = JSON.stringify(contextOfQuestion(question))
  return (
    <SpaceBetween size="m">
      <Answer
        keyHref={path}
        asked={{
          principal,
          action: action.includes(':') ? action : `kms:${action}`,
          label: action,
          context,
          complete,
        }}
      />
      <SpaceBetween direction="horizontal" size="m">
        <Link href={`${path}/access`}>Everyone who can use this key</Link>
        <Link href={`/access/principals?${new URLSearchParams({ arn: principal })}`}>
          Every key of this principal
        </Link>
      </SpaceBetween>
    </SpaceBetween>
  )
}
