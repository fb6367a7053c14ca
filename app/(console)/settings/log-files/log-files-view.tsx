'use client'

import Alert from '@cloudscape-design/components/alert'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { RoleText } from '@/components/settings/role-text'
import { useHeld } from '@/components/shell/held'
import type { RoleSettings } from '@/lib/accounts/role-text'
import { renderTrailRole } from '@/lib/accounts/trail-role'
import type { LogFinding } from '@/lib/trail/log-files/findings'
import type { FoundTrail, LogSourceRow } from '@/lib/trail/log-files/sources'
import { SettingsFrame } from '../settings-frame'
import { FindingsTable } from './findings-table'
import { SourcesTable } from './sources-table'

type Props = {
  sources: readonly LogSourceRow[]
  found: readonly FoundTrail[]
  findings: { findings: readonly LogFinding[]; more: boolean }
  role: { settings: RoleSettings; problem: string | null }
}

/** Where CloudTrail's log files are read, what is wrong with them, and the role that reads them. */
export function LogFilesView({ sources, found, findings, role }: Props) {
  const mayManage = useHeld().has('trail.manage')
  return (
    <SettingsFrame tab="log-files">
      <SpaceBetween size="l">
        <SourcesTable
          sources={sources}
          found={found}
          mayManage={mayManage}
          roleName={role.settings.roleName}
        />
        <FindingsTable {...findings} mayManage={mayManage} />
        <TrailRole role={role} first={sources[0]} />
      </SpaceBetween>
    </SettingsFrame>
  )
}

const fields = [
  { id: 'bucket', label: 'Bucket', hint: 'Its name' },
  { id: 'prefix', label: 'Prefix', hint: 'What stands before AWSLogs/; empty: nothing' },
  { id: 'region', label: 'Region of the bucket', hint: 'For example eu-central-1' },
  { id: 'kmsKeyArn', label: 'Key ARN', hint: 'Empty: not encrypted with a KMS key' },
] as const

function TrailRole({ role, first }: { role: Props['role']; first: LogSourceRow | undefined }) {
  const [values, setValues] = useState({
    bucket: first?.bucket ?? 'BUCKET',
    prefix: first?.prefix ?? '',
    region: first?.bucketRegion ?? 'eu-central-1',
    kmsKeyArn: '',
  })
  const texts = renderTrailRole(role.settings, {
    ...values,
    kmsKeyArn: values.kmsKeyArn.trim() === '' ? null : values.kmsKeyArn.trim(),
  })
  return (
    <RoleText
      title={`Trail role: ${role.settings.roleName}`}
      lead={
        'Deploy it in the account that owns the bucket. It reads log files below AWSLogs/ and ' +
        'decrypts them through S3, nothing else. The policy of the key must let the account use it.'
      }
      texts={texts}
    >
      {role.problem && (
        <Alert type="warning">
          {role.problem} Put the ARN of what Claviger runs as in place of{' '}
          {role.settings.consolePrincipalArn}.
        </Alert>
      )}
      <ColumnLayout columns={4}>
        {fields.map(({ id, label, hint }) => (
          <FormField key={id} label={label} constraintText={hint}>
            <Input
              value={values[id]}
              onChange={({ detail }) => setValues((all) => ({ ...all, [id]: detail.value }))}
            />
          </FormField>
        ))}
      </ColumnLayout>
    </RoleText>
  )
}
