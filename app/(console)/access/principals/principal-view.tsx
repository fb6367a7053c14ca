'use client'

import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tabs from '@cloudscape-design/components/tabs'
import { useState } from 'react'
import { PrincipalField } from '@/components/access/principal-field'
import { useFrame } from '@/components/shell/page-frame'
import { KeysOfPrincipal } from './keys-of-principal'
import { Outsiders } from './outsiders'
import { UseOfPrincipal } from './use-of-principal'
import { usePrincipal } from './use-principal'

const crumbs = [{ text: 'By principal', href: '/access/principals' }]

/**
 * What one user, role, account or service can do with every key in scope; without
 * one, the outsiders there are.
 */
export function PrincipalView() {
  useFrame({ breadcrumbs: crumbs, contentType: 'table' })
  const {
    state: { arn },
    change,
  } = usePrincipal()
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description="What one user, role, account or service can do with every key you may see."
      >
        Access by principal
      </Header>
      <Choice
        key={`choice ${arn}`}
        arn={arn}
        go={(next) => change({ arn: next, only: 'reached', page: 1 })}
      />
      {arn ? <OfPrincipal key={`of ${arn}`} arn={arn} /> : <Outsiders />}
    </SpaceBetween>
  )
}

/** What it can do, and what it did. */
function OfPrincipal({ arn }: { arn: string }) {
  const {
    state: { tab },
    hrefOf,
    change,
  } = usePrincipal()
  const tabs = [
    { id: 'can', label: 'Keys it can use', content: <KeysOfPrincipal arn={arn} /> },
    { id: 'did', label: 'Use and unused permissions', content: <UseOfPrincipal arn={arn} /> },
  ] as const
  return (
    <Tabs
      ariaLabel="About this principal"
      activeTabId={tab}
      onChange={({ detail }) => change({ tab: detail.activeTabId === 'did' ? 'did' : 'can' })}
      tabs={tabs.map(({ id, label, content }) => ({
        id,
        label,
        href: hrefOf({ tab: id }),
        content: id === tab ? content : null,
      }))}
    />
  )
}

function Choice({ arn, go }: { arn: string; go(arn: string): void }) {
  const [value, setValue] = useState(arn)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        go(value)
      }}
    >
      <Container>
        <SpaceBetween size="s">
          <PrincipalField
            value={value}
            onChange={setValue}
            onPick={go}
            description="An Identity Center role is found by the name of its permission set."
          />
          <Button variant="primary" formAction="submit">
            Show its keys
          </Button>
        </SpaceBetween>
      </Container>
    </form>
  )
}
