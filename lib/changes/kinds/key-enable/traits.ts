import type { KindTraits } from '../traits'

export const traits = {
  name: 'key-enable',
  label: 'Enable the key',
  group: 'State',
  about: 'key',
  end: 'optional',
  exclusive: true,
  words: 'Makes a disabled key usable again.',
  atEnd: 'At its end the key is disabled again.',
  whyNot: ({ keyState }) => (keyState === 'Enabled' ? 'The key is enabled.' : null),
} satisfies KindTraits
