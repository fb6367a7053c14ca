import type { KindTraits } from '../traits'

export const traits = {
  name: 'key-create',
  label: 'Create a key',
  group: 'Keys',
  about: 'region',
  end: 'never',
  exclusive: false,
  words: 'A new key in an account and Region.',
  rereads: 'core',
} satisfies KindTraits
