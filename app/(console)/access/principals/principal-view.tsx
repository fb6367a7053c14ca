'use client'

import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { PrincipalField } from '@/components/access/principal-field'
import { useFrame } from '@/components/shell/page-frame'
import { KeysOfPrincipal } from './keys-of-principal'
import { Outsiders } from './outsiders'

const crumbs = [{ text: 'By principal', href: '/access/principals' }]
const go = (arn: string) =>
  window.history.pushState(
    null,
    '',
    `/access/principals?${new URLSearchParams(arn.trim() === '' ? {} : { arn: arn.trim() })}`,
  )

/**
 * What one user, role, account or service can do with every key in scope; without
 * one, the outsiders there are.
 */
export function PrincipalView() {
  useFrame({ breadcrumbs: crumbs, contentType: 'table' })
  const arn = useSearchParams().get('arn') ?? ''
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description="What one user, role, account or service can do with every key you may see."
      >
        Access by principal
      </Header>
      <Choice key={`choice ${arn}`} arn={arn} />
      {arn ? <KeysOfPrincipal key={`keys ${arn}`} arn={arn} /> : <Outsiders />}
    </SpaceBetween>
  )
}

function Choice({ arn }: { arn: string }) {
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
