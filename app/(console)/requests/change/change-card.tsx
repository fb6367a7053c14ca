'use client'

import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ReactNode } from 'react'
import { ChangeStatusLabel } from '@/components/change/labels'
import type { ChangeDetail } from '@/lib/changes/read/shapes'
import { ChangeChecks } from './change-checks'
import { ChangeCourse } from './change-course'
import { ChangeFacts } from './change-facts'
import { ChangeImpact } from './change-impact'
import { ChangeProof } from './change-proof'
import { ChangeRule } from './change-rule'
import { Part } from './part'

/**
 * One change, whole: whoever decides about it has read all of this on the way to the
 * buttons, which stand below.
 */
export function ChangeCard({
  change,
  of,
  breakGlass,
  children,
}: {
  change: ChangeDetail
  of: number
  breakGlass: boolean
  children?: ReactNode
}) {
  return (
    <div
      id={`change-${change.position}`}
      className="claviger-change"
      tabIndex={-1}
      data-status={change.status}
    >
      <Container
        header={
          <Header
            variant="h2"
            description={of > 1 ? `Change ${change.position} of ${of}` : undefined}
            info={<ChangeStatusLabel change={change} />}
          >
            {change.title}
          </Header>
        }
        footer={children}
      >
        <SpaceBetween size="l">
          <ChangeCourse change={change} breakGlass={breakGlass} />
          <ChangeFacts change={change} breakGlass={breakGlass} />
          <Part title="What it means">
            <ChangeImpact change={change} />
          </Part>
          <ChangeChecks change={change} />
          <ChangeRule change={change} breakGlass={breakGlass} />
          <ChangeProof change={change} />
        </SpaceBetween>
      </Container>
    </div>
  )
}
