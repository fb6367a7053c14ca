'use client'

import Alert from '@cloudscape-design/components/alert'
import Checkbox from '@cloudscape-design/components/checkbox'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { RoleText } from '@/components/settings/role-text'
import { useFrame } from '@/components/shell/page-frame'
import { Identifier } from '@/components/value/identifier'
import type { RolesToDeploy } from '@/lib/accounts/roles'
import { renderWriteRole, type WriteFeature } from '@/lib/accounts/write-role'

/** The roles to put into each account, to copy, with this installation's ExternalId in them. */
export function RolesView({
  roles,
  features,
}: {
  roles: RolesToDeploy
  features: readonly WriteFeature[]
}) {
  useFrame({
    breadcrumbs: [
      { text: 'Accounts', href: '/accounts' },
      { text: 'Roles to deploy', href: '/accounts/roles' },
    ],
  })
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description="Claviger reads each account by one role and changes it by another. Neither may use a key for data."
      >
        Roles to deploy
      </Header>
      {roles.problem && (
        <Alert type="warning">
          {roles.problem} Put the ARN of what Claviger runs as in place of{' '}
          {roles.consolePrincipalArn ?? 'the placeholder'} below.
        </Alert>
      )}
      <Installation roles={roles} />
      <RoleText
        title={roles.read.name}
        lead={
          'Reads descriptions, policies, grants, IAM and quotas. Using keys and changing ' +
          'anything are denied in it explicitly.'
        }
        texts={roles.read}
      />
      <WriteRole settings={roles.write} all={features} />
    </SpaceBetween>
  )
}

function Installation({ roles }: { roles: RolesToDeploy }) {
  return (
    <Container>
      <KeyValuePairs
        columns={2}
        items={[
          {
            label: 'Claviger runs as',
            value: roles.consolePrincipalArn ? (
              <Identifier text={roles.consolePrincipalArn} />
            ) : (
              'unknown'
            ),
          },
          {
            label: 'ExternalId of this installation',
            value: roles.externalId ? (
              <Identifier text={roles.externalId} />
            ) : (
              'CLAVIGER_EXTERNAL_ID is not set'
            ),
          },
        ]}
      />
    </Container>
  )
}

/**
 * A team that shall never schedule a deletion, say, deploys the role without it: AWS then refuses
 * what nobody here may approve.
 */
function WriteRole({
  settings,
  all,
}: {
  settings: RolesToDeploy['write']
  all: readonly WriteFeature[]
}) {
  const [features, setFeatures] = useState(() => all.map(({ id }) => id))
  const chosen = all.filter(({ id }) => features.includes(id))
  return (
    <RoleText
      title={settings.roleName}
      texts={renderWriteRole(settings, chosen)}
      lead={
        'Makes approved changes. Each is narrowed further by a session policy to its own key ' +
        'and action. Without this role an account is read-only.'
      }
    >
      <FormField
        label="What it may do"
        description="What is left out, AWS refuses in this account, whoever approves it."
        stretch
      >
        <ColumnLayout columns={3}>
          {all.map(({ id, label, words }) => (
            <Checkbox
              key={id}
              checked={features.includes(id)}
              description={words}
              onChange={({ detail }) =>
                setFeatures(
                  detail.checked ? [...features, id] : features.filter((one) => one !== id),
                )
              }
            >
              {label}
            </Checkbox>
          ))}
        </ColumnLayout>
      </FormField>
    </RoleText>
  )
}
