'use client'

import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ReactNode } from 'react'
import { AliasName, MovedAlias, OwnAlias } from './alias-fields'
import { GrantFields } from './grant-fields'
import { AdoptFields, GrantIdField } from './grant-id-fields'
import { PeriodField, QuotaFields, WaitingPeriod } from './number-fields'
import { useRequestForm } from './form-context'
import type { FormKindName } from './kinds'
import { NewKeyFields } from './new-key-fields'
import { PolicyFields } from './policy-fields'
import { PrimaryRegion, ReplicaFields } from './region-fields'
import { DescriptionField, TagFields, UntagField } from './tag-fields'

const fields: Readonly<Partial<Record<FormKindName, () => ReactNode>>> = {
  'grant-revoke': GrantIdField,
  'grant-retire': GrantIdField,
  'grant-adopt': AdoptFields,
  'deletion-schedule': WaitingPeriod,
  'rotation-enable': PeriodField,
  'alias-create': AliasName,
  'alias-update': MovedAlias,
  'alias-delete': OwnAlias,
  tag: TagFields,
  untag: UntagField,
  description: DescriptionField,
  'key-create': NewKeyFields,
  replicate: ReplicaFields,
  'primary-update': PrimaryRegion,
  'quota-increase': QuotaFields,
}

/** What a kind asks beyond keys, time and reason; nothing, for many. */
export function KindFields() {
  const { kind } = useRequestForm().form
  if (kind === 'grant-create') return <GrantFields />
  if (kind === 'policy-put') return <PolicyFields />
  const Own = fields[kind]
  if (!Own) return null
  return (
    <Container header={<Header variant="h2">Details</Header>}>
      <SpaceBetween size="m">
        <Own />
      </SpaceBetween>
    </Container>
  )
}
