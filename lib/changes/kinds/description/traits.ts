import type { KindTraits } from '../traits'

export const traits = {
  name: 'description',
  label: 'Change the description',
  group: 'Aliases and tags',
  about: 'key',
  end: 'optional',
  exclusive: true,
  words: 'Replaces the text that describes the key.',
  atEnd: 'At its end the description is the one of before.',
} satisfies KindTraits
