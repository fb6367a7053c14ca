import type { KindTraits } from '../traits'

export const traits = {
  name: 'alias-update',
  label: 'Move an alias to this key',
  group: 'Aliases and tags',
  about: 'key',
  end: 'optional',
  exclusive: true,
  otherKey: 'fromKeyArn',
  words: 'An alias of another key in the same account and Region names this key from then on.',
  atEnd: 'At its end the alias names the key of before again.',
  oneKey: true,
} satisfies KindTraits
