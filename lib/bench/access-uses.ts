import type { Use } from '../access/usability'

/**
 * Key state -> how often AWS's answer showed what that state makes of a call, by what it showed.
 */
export type UseTally = Record<string, { usable: number; unusable: number; hidden: number }>

/**
 * In words of KMS: only these speak of the state of the key, where the same
 * errors also have other causes.
 */
const aboutState = new RegExp(
  'is (?:disabled|enabled|pending deletion|pending replica deletion|pending import|unavailable|creating|updating' +
    '|not pending deletion)\\.$',
  'i',
)

type Shown = { usable: true } | { usable: false; error: string }

/** What AWS's answer shows of the state; null: it was another question that decided. */
function readShown(said: string, use: Use): Shown | null {
  if (/^ok|^DryRunOperation/.test(said)) return { usable: true }
  const [error = '', message = ''] = said.split(/: (.*)/s)
  if (error === 'DisabledException') return { usable: false, error }
  if (error === 'KMSInvalidStateException' && aboutState.test(message))
    return { usable: false, error }
  // Also what AWS says of a key that never could; so it only ever confirms.
  if (error === 'UnsupportedOperationException' && use.error === error)
    return { usable: false, error }
  return null
}

/**
 * A difference between what AWS shows and what we say of it, or null. What is
 * not known is counted apart.
 */
export function compareUse(
  tally: UseTally,
  use: Use,
  keyState: string | null,
  said: string,
): { real: string; ours: string } | null {
  const shown = readShown(said, use)
  if (!shown) return null
  const counts = (tally[keyState ?? 'not read'] ??= { usable: 0, unusable: 0, hidden: 0 })
  // Unknown is right only where the state is hidden from the console's role.
  if (use.is === 'unknown' && keyState === null) {
    counts.hidden += 1
    return null
  }
  counts[shown.usable ? 'usable' : 'unusable'] += 1
  const isAlike = shown.usable
    ? use.is === 'usable'
    : use.is === 'unusable' && use.error === shown.error
  if (isAlike) return null
  return {
    real: shown.usable ? 'usable' : shown.error,
    ours: `${use.is} ${use.error ?? ''} in ${keyState}`.trim(),
  }
}
