'use client'

import { useEffect, useSyncExternalStore } from 'react'
import { appearanceCookie, formatAppearance, parseAppearance, type Appearance } from './appearance'

const listeners = new Set<() => void>()

const readCookie = () =>
  document.cookie
    .split('; ')
    .find((part) => part.startsWith(`${appearanceCookie}=`))
    ?.split('=')[1] ?? ''
const prefersDark = () => matchMedia('(prefers-color-scheme: dark)').matches

function paint({ mode, density }: Appearance) {
  document.body.classList.toggle(
    'awsui-dark-mode',
    mode === 'dark' || (mode === 'system' && prefersDark()),
  )
  document.body.classList.toggle('awsui-compact-mode', density === 'compact')
}

function choose(appearance: Appearance) {
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  document.cookie =
    `${appearanceCookie}=${formatAppearance(appearance)}; Path=/; Max-Age=31536000; ` +
    `SameSite=Lax${secure}`
  paint(appearance)
  for (const tell of listeners) tell()
}

function subscribe(tell: () => void) {
  listeners.add(tell)
  return () => void listeners.delete(tell)
}

/** The appearance of this device, and the way to change it at once and for next time. */
export function useAppearance(): [Appearance, (appearance: Appearance) => void] {
  const text = useSyncExternalStore(subscribe, readCookie, () => '')
  return [parseAppearance(text), choose]
}

/** Follows the device while "system" is chosen. Once, in the shell. */
export function useSystemMode(): void {
  useEffect(() => {
    const device = matchMedia('(prefers-color-scheme: dark)')
    const follow = () => paint(parseAppearance(readCookie()))
    follow()
    device.addEventListener('change', follow)
    return () => device.removeEventListener('change', follow)
  }, [])
}
