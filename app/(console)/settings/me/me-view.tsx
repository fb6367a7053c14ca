'use client'

import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import RadioGroup from '@cloudscape-design/components/radio-group'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { densities, modes } from '@/components/shell/appearance'
import { useFrame } from '@/components/shell/page-frame'
import { useAppearance } from '@/components/shell/use-appearance'

const modeTexts = { system: 'As the device', light: 'Light', dark: 'Dark' }
const densityTexts = { comfortable: 'Comfortable', compact: 'Compact' }

export function MeView() {
  useFrame({ breadcrumbs: [{ text: 'You', href: '/settings/me' }] })
  const [appearance, setAppearance] = useAppearance()
  return (
    <ContentLayout header={<Header variant="h1">You</Header>}>
      <Container header={<Header variant="h2" description="Kept on this device.">Appearance</Header>}>
        <SpaceBetween size="l">
          <FormField label="Theme">
            <RadioGroup
              value={appearance.mode}
              items={modes.map((value) => ({ value, label: modeTexts[value] }))}
              onChange={({ detail }) => setAppearance({ ...appearance, mode: modes.find((m) => m === detail.value) ?? 'system' })}
            />
          </FormField>
          <FormField label="Density">
            <RadioGroup
              value={appearance.density}
              items={densities.map((value) => ({ value, label: densityTexts[value] }))}
              onChange={({ detail }) => setAppearance({ ...appearance, density: densities.find((d) => d === detail.value) ?? 'comfortable' })}
            />
          </FormField>
        </SpaceBetween>
      </Container>
    </ContentLayout>
  )
}
