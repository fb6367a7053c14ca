'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import { Instant } from '@/components/value/clock'
import type { RequestDetail } from '@/lib/changes/read/shapes'
import { commentOnRequest } from '../actions'
import { Refusal } from '../refusal'
import { useAct } from '../use-act'

/**
 * What was said about it without deciding. A draft is its author's alone, so
 * there is nobody to talk to.
 */
export function Comments({
  request: { id, comments, sentAt },
  onDone,
}: {
  request: RequestDetail
  onDone: () => Promise<unknown>
}) {
  const [text, setText] = useState('')
  const { isActing, failure, run } = useAct()
  if (sentAt === null) return null
  const send = () =>
    run(
      () => commentOnRequest({ requestId: id, text }),
      async () => {
        setText('')
        await onDone()
      },
    )
  return (
    <Container
      header={
        <Header variant="h2" counter={`(${comments.length})`}>
          Comments
        </Header>
      }
    >
      <SpaceBetween size="m">
        {comments.length === 0 && (
          <Box color="text-body-secondary">Nobody has said anything yet.</Box>
        )}
        {comments.map(({ personName, text: said, at }) => (
          <div key={`${at} ${personName}`}>
            <Box variant="strong">{personName}</Box> <Instant at={at} />
            <br />
            <span className="claviger-said">{said}</span>
          </div>
        ))}
        <div className="claviger-acts">
          <SpaceBetween size="xs">
            <FormField stretch label="Comment without deciding">
              <Textarea value={text} rows={2} onChange={({ detail }) => setText(detail.value)} />
            </FormField>
            <Button loading={isActing} disabled={text.trim() === ''} onClick={send}>
              Comment
            </Button>
            <Refusal failure={failure} header="Not said" />
          </SpaceBetween>
        </div>
      </SpaceBetween>
    </Container>
  )
}
