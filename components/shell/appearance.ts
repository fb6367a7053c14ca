/**
 * How the console looks to one person on one device. It lives in a cookie, so that the first
 * byte of HTML already has it.
 */

export const modes = ['system', 'light', 'dark'] as const
export const densities = ['comfortable', 'compact'] as const
export type Appearance = { mode: (typeof modes)[number]; density: (typeof densities)[number] }

export const appearanceCookie = 'claviger-appearance'
const standard: Appearance = { mode: 'system', density: 'comfortable' }

export function parseAppearance(text: string | undefined): Appearance {
  const [mode, density] = (text ?? '').split('.')
  return {
    mode: modes.find((m) => m === mode) ?? standard.mode,
    density: densities.find((d) => d === density) ?? standard.density,
  }
}

export const formatAppearance = ({ mode, density }: Appearance): string => `${mode}.${density}`

/** Classes of <body>; for "system" the script below adds the dark one where the device is dark. */
export function bodyClassOf({ mode, density }: Appearance): string {
  return [mode === 'dark' && 'awsui-dark-mode', density === 'compact' && 'awsui-compact-mode']
    .filter(Boolean)
    .join(' ')
}

/** Runs before the first paint. Nothing of a request is in it. */
export const systemModeScript =
  "if(matchMedia('(prefers-color-scheme: dark)').matches)document.body.classList.add('awsui-dark-mode')"
