'use client'

import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { ReactNode } from 'react'
import { useFacetsOpen } from './use-facets-open'

type Props = {
  title: string
  description: ReactNode
  /** Undefined while it is not known. */
  total: number | undefined
  isUpdating: boolean
  /** There are counts, which can be folded away. */
  hasFacets: boolean
  actions: ReactNode
}

/** What a table is, how many rows it has, whether they are read again, and what can be done. */
export function TableHeading(props: Props) {
  const { title, description, total, isUpdating, hasFacets, actions } = props
  return (
    <Header
      variant="awsui-h1-sticky"
      description={description}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {hasFacets && <FacetsButton />}
          {actions}
        </SpaceBetween>
      }
      counter={total === undefined ? undefined : `(${total.toLocaleString('en')})`}
      info={isUpdating ? <StatusIndicator type="loading">Updating</StatusIndicator> : undefined}
    >
      {title}
    </Header>
  )
}

function FacetsButton() {
  const { isOpen, choose } = useFacetsOpen()
  return (
    <Button ariaExpanded={isOpen} onClick={() => choose(!isOpen)}>
      {isOpen ? 'Hide counts' : 'Counts'}
    </Button>
  )
}
