import type { KindTraits } from '../traits'

export const traits = {
  name: 'grant-revoke',
  label: 'Revoke a grant',
  group: 'Grants',
  about: 'key',
  end: 'never',
  exclusive: false,
  words: 'Ends a grant now. Whoever works through it is refused.',
  oneKey: true,
  grant: 'ends',
  whilePending: true,
} satisfies KindTraits
