'use client'

import TopNavigation, {
  type TopNavigationProps,
} from '@cloudscape-design/components/top-navigation'
import type { ReactNode } from 'react'
import type { Appearance } from './appearance'
import { useAppearance } from './use-appearance'
import { useBell } from './use-bell'

export type ShellPerson = { name: string; email: string; roles: string }

const modeTexts: Record<Appearance['mode'], string> = {
  system: 'As the device',
  light: 'Light',
  dark: 'Dark',
}

/** Theme and density of this browser. */
function useAppearanceMenu(): TopNavigationProps.MenuDropdownUtility {
  const [appearance, setAppearance] = useAppearance()
  return {
    type: 'menu-dropdown',
    iconName: 'settings',
    ariaLabel: 'Appearance',
    title: 'Appearance',
    items: [
      {
        id: 'mode',
        text: 'Theme',
        items: (['system', 'light', 'dark'] as const).map((mode) => ({
          id: mode,
          text: modeTexts[mode],
          itemType: 'checkbox',
          checked: appearance.mode === mode,
        })),
      },
      {
        id: 'density',
        text: 'Density',
        items: [
          {
            id: 'compact',
            text: 'Compact',
            itemType: 'checkbox',
            checked: appearance.density === 'compact',
          },
        ],
      },
    ],
    onItemClick: ({ detail }) => {
      if (detail.id === 'compact')
        setAppearance({
          ...appearance,
          density: appearance.density === 'compact' ? 'comfortable' : 'compact',
        })
      else if (detail.id === 'system' || detail.id === 'light' || detail.id === 'dark')
        setAppearance({ ...appearance, mode: detail.id })
    },
  }
}

type Props = { person: ShellPerson; search?: ReactNode; onSignOut(): void }

const personMenu = ({
  person,
  onSignOut,
}: Omit<Props, 'search'>): TopNavigationProps.MenuDropdownUtility => ({
  type: 'menu-dropdown',
  iconName: 'user-profile',
  text: person.name,
  title: person.name,
  description: `${person.email} · ${person.roles}`,
  items: [
    { id: 'appearance', text: 'Appearance and sessions', href: '/settings/me' },
    { id: 'sign-out', text: 'Sign out' },
  ],
  onItemClick: ({ detail }) => {
    if (detail.id === 'sign-out') onSignOut()
  },
})

export function TopBar({ person, search, onSignOut }: Props) {
  const appearanceMenu = useAppearanceMenu()
  const bell = useBell()
  return (
    <TopNavigation
      identity={{ href: '/', title: 'Claviger', logo: { src: '/mark.svg', alt: '' } }}
      search={search}
      utilities={[...bell, appearanceMenu, personMenu({ person, onSignOut })]}
      i18nStrings={{
        searchIconAriaLabel: 'Search',
        searchDismissIconAriaLabel: 'Close search',
        overflowMenuTriggerText: 'More',
        overflowMenuTitleText: 'All',
        overflowMenuBackIconAriaLabel: 'Back',
        overflowMenuDismissIconAriaLabel: 'Close menu',
      }}
    />
  )
}
