'use client'

import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import RadioGroup from '@cloudscape-design/components/radio-group'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useTransition } from 'react'
import { densities, modes } from '@/components/shell/appearance'
import { useFlash } from '@/components/shell/flash'
import { useAppearance } from '@/components/shell/use-appearance'
import type { AccountName, AssignmentRow } from '@/lib/settings/read'
import type { SessionList } from '@/lib/settings/sessions'
import { endMySession, endMySessions } from '../actions'
import { RoleTokens } from '../role-tokens'
import { SessionsTable } from '../sessions-table'
import { SettingsFrame } from '../settings-frame'

const modeTexts = { system: 'As the device', light: 'Light', dark: 'Dark' }
const densityTexts = { comfortable: 'Comfortable', compact: 'Compact' }

type Props = {
  name: string
  email: string
  assignments: AssignmentRow[]
  accounts: AccountName[]
} & SessionList

export function MeView({ name, email, assignments, accounts, sessions, total }: Props) {
  const [appearance, setAppearance] = useAppearance()
  return (
    <SettingsFrame tab="me">
      <SpaceBetween size="l">
        <Container
          header={
            <Header variant="h2" description={email}>
              {name}
            </Header>
          }
        >
          <RoleTokens assignments={assignments} accounts={accounts} />
        </Container>
        <Container
          header={
            <Header variant="h2" description="Kept on this device.">
              Appearance
            </Header>
          }
        >
          <SpaceBetween size="l">
            <FormField label="Theme">
              <RadioGroup
                value={appearance.mode}
                items={modes.map((value) => ({ value, label: modeTexts[value] }))}
                onChange={({ detail }) =>
                  setAppearance({
                    ...appearance,
                    mode: modes.find((m) => m === detail.value) ?? 'system',
                  })
                }
              />
            </FormField>
            <FormField label="Density">
              <RadioGroup
                value={appearance.density}
                items={densities.map((value) => ({ value, label: densityTexts[value] }))}
                onChange={({ detail }) =>
                  setAppearance({
                    ...appearance,
                    density: densities.find((d) => d === detail.value) ?? 'comfortable',
                  })
                }
              />
            </FormField>
          </SpaceBetween>
        </Container>
        <Sessions sessions={sessions} total={total} />
      </SpaceBetween>
    </SettingsFrame>
  )
}

function Sessions({ sessions, total }: SessionList) {
  const flash = useFlash()
  const [isEnding, startEnding] = useTransition()
  const end = () =>
    startEnding(async () => {
      const result = await endMySessions({})
      if (result.ok) location.assign('/sign-in?signed-out=1')
      else flash.failure(result.error)
    })
  return (
    <SessionsTable
      sessions={sessions}
      total={total}
      title="Sessions"
      description="Where you are signed in. Each ends by itself twelve hours after sign-in."
      actions={
        <Button loading={isEnding} onClick={end}>
          Sign out everywhere
        </Button>
      }
      end={endMySession}
    />
  )
}
