import type { KindTraits } from '../traits'

export const traits = {
  name: 'key-disable',
  label: 'Disable the key',
  group: 'State',
  about: 'key',
  end: 'optional',
  exclusive: true,
  words: 'Refuses every use of the key; nothing is lost, and it can be enabled again.',
  atEnd: 'At its end the key is enabled again.',
  whyNot: ({ keyState }) => (keyState === 'Disabled' ? 'The key is disabled already.' : null),
} satisfies KindTraits
