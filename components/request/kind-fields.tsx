'use client'

import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRequestForm } from './form-context'
import { formOf } from './kinds/list'

/** What a kind asks beyond keys, time and reason; nothing, for many. */
export function KindFields() {
  const { kind } = useRequestForm().form
  const { Fields, hasOwnContainers } = formOf(kind)
  if (!Fields) return null
  if (hasOwnContainers) return <Fields />
  return (
    <Container header={<Header variant="h2">Details</Header>}>
      <SpaceBetween size="m">
        <Fields />
      </SpaceBetween>
    </Container>
  )
}
