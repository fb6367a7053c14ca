import type { KindTraits } from '../traits'

export const traits = {
  name: 'grant-retire',
  label: 'Retire a grant',
  group: 'Grants',
  about: 'key',
  end: 'never',
  exclusive: false,
  words: 'Gives a grant up as the party that may retire it.',
  oneKey: true,
  grant: 'ends',
} satisfies KindTraits
