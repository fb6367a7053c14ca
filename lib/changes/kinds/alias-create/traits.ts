import type { KindTraits } from '../traits'

export const traits = {
  name: 'alias-create',
  label: 'Create an alias',
  group: 'Aliases and tags',
  about: 'key',
  end: 'never',
  exclusive: true,
  words: 'A name for the key.',
  oneKey: true,
} satisfies KindTraits
