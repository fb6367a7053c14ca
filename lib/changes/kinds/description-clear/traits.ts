import type { KindTraits } from '../traits'

export const traits = {
  name: 'description-clear',
  label: 'Clear the description',
  group: 'Aliases and tags',
  about: 'key',
  end: 'never',
  exclusive: true,
  words: 'Leaves the key without a description.',
} satisfies KindTraits
